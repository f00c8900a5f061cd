-- Which flights were cancelled and why: cancellations_monthly without the route, for what asks of no airport.
-- Grain: one row a month, airline_id, is_cancelled and cancellation_code. One ORC file a year, sorted by month,
-- airline_id, is_cancelled, cancellation_code.
-- Every scheduled flight counts in one row only, so total_flights never counts a flight twice, whatever is summed. The
-- share of a code keeps the rows of the others in its denominator, so choose the code inside the sum, never in a WHERE:
--   SUM(CASE WHEN cancellation_code = 'B' THEN cancelled_flights ELSE 0 END) / SUM(total_flights)
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/airline_cancellations_monthly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.airline_cancellations_monthly (
  month INT COMMENT '1 to 12',
  month_date DATE COMMENT 'First day of the month, for time axes',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  is_cancelled BOOLEAN COMMENT 'False on the row of the flights that were not cancelled',
  cancellation_code STRING COMMENT 'A carrier, B weather, C national air system, D security; NULL if not cancelled or not given (before about 2003)',
  cancellation_reason STRING COMMENT 'cancellation_code in words, Not given where a cancelled flight has none; NULL if not cancelled',
  cancelled_flights BIGINT COMMENT 'Cancelled flights, 0 on the row of those that were not',
  total_flights BIGINT COMMENT 'Scheduled flights of this row; summed over all codes it is the denominator of a cancelled share'
)
COMMENT 'Cancelled flights by code and the others beside them, by month and airline'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/airline_cancellations_monthly'
TBLPROPERTIES ('external.table.purge' = 'false');
