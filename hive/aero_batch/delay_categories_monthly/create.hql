-- How late flights left, in four categories of the departure delay: On-Time <= 0 < Minor <= 15 < Moderate <= 60 < Major
-- minutes, month by month. These are the categories of the live flights; the 15 minutes of the on-time share are another
-- measure.
-- Grain: one row a month, airline_id, origin_id, destination_id and delay_category. One ORC file a year, sorted by
-- month, airline_id, origin_id, destination_id, delay_category_order.
-- Every scheduled flight counts in one row only. Share of a category = its departed_flights / those of all categories.
-- Asked by: `aero explain`, and people in SQL; the dashboard Live shows these categories of the live flights.
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/delay_categories_monthly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.delay_categories_monthly (
  month INT COMMENT '1 to 12',
  month_date DATE COMMENT 'First day of the month, for time axes',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  origin_id STRING COMMENT 'Airport of departure, aero_clean.airports.airport_id',
  destination_id STRING COMMENT 'Airport of destination, aero_clean.airports.airport_id',
  delay_category STRING COMMENT 'On-Time, Minor, Moderate or Major; NULL for the flights that did not depart',
  delay_category_order INT COMMENT '1 On-Time to 4 Major, to sort by; NULL for the flights that did not depart',
  departed_flights BIGINT COMMENT 'Flights that departed, the few cancelled after it too; 0 where delay_category is NULL',
  cancelled_flights BIGINT COMMENT 'Cancelled flights; beside a category those that left the gate and came back',
  total_flights BIGINT COMMENT 'Scheduled flights of this row, cancelled ones too'
)
COMMENT 'Flights by category of departure delay, month, airline and route'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/delay_categories_monthly'
TBLPROPERTIES ('external.table.purge' = 'false');
