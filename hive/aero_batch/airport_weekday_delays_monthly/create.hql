-- How each airport's departures run by the day of the week, month by month: hourly_delays_monthly without the hour and the
-- destination, a twelfth of its rows.
-- Grain: one row a month, day_of_week, airline_id and origin_id. One ORC file a year, sorted by month, airline_id,
-- origin_id, day_of_week.
-- Averages and shares are of their row. For coarser ones divide the sums of the columns that the comment names.
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/airport_weekday_delays_monthly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.airport_weekday_delays_monthly (
  month INT COMMENT '1 to 12',
  month_date DATE COMMENT 'First day of the month, for time axes',
  day_of_week INT COMMENT '1 Monday to 7 Sunday, of the scheduled local date at the origin',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  origin_id STRING COMMENT 'Airport of departure, aero_clean.airports.airport_id',
  total_flights BIGINT COMMENT 'Scheduled flights, cancelled and diverted ones too: denominator of the shares',
  cancelled_flights BIGINT COMMENT 'Cancelled flights',
  departed_flights BIGINT COMMENT 'Flights with a departure, the few cancelled after it too: denominator of the average departure delay',
  arrived_flights BIGINT COMMENT 'Flights that arrived without a diversion: denominator of the average arrival delay',
  on_time_departures BIGINT COMMENT 'Left the gate less than 15 minutes late and were not cancelled',
  on_time_departure_share DOUBLE COMMENT '0 to 1: on_time_departures / total_flights',
  on_time_arrivals BIGINT COMMENT 'Reached the gate less than 15 minutes late; cancelled and diverted flights did not (DOT, Air Travel Consumer Report)',
  on_time_arrival_share DOUBLE COMMENT '0 to 1: on_time_arrivals / total_flights',
  total_departure_delay_minutes BIGINT COMMENT 'Minutes, early departures count negative; NULL if none departed',
  average_departure_delay_minutes DOUBLE COMMENT 'Minutes: total_departure_delay_minutes / departed_flights; NULL if none departed',
  total_arrival_delay_minutes BIGINT COMMENT 'Minutes, early arrivals count negative; NULL if none arrived',
  average_arrival_delay_minutes DOUBLE COMMENT 'Minutes: total_arrival_delay_minutes / arrived_flights; NULL if none arrived'
)
COMMENT 'Flights and delays by month, day of the week, airline and airport of departure'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/airport_weekday_delays_monthly'
TBLPROPERTIES ('external.table.purge' = 'false');
