-- How punctual each airline was, month by month: route_delays_monthly without the route, for what asks of no airport.
-- Grain: one row a month and airline_id. One ORC file a year, sorted by month, airline_id.
-- Averages and shares are of their row. For coarser ones divide the sums of the columns that the comment names.
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/airline_delays_monthly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.airline_delays_monthly (
  month INT COMMENT '1 to 12',
  month_date DATE COMMENT 'First day of the month, for time axes',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  total_flights BIGINT COMMENT 'Scheduled flights, cancelled and diverted ones too: denominator of the shares',
  cancelled_flights BIGINT COMMENT 'Cancelled flights',
  diverted_flights BIGINT COMMENT 'Diverted flights among diversion_known_flights; NULL if that is 0: unknown, not none',
  diversion_known_flights BIGINT COMMENT 'Flights of which the source knows whether they were diverted: denominator of a diverted share',
  departed_flights BIGINT COMMENT 'Flights with a departure, the few cancelled after it too: denominator of the average departure delay',
  arrived_flights BIGINT COMMENT 'Flights that arrived without a diversion: denominator of the average arrival delay',
  on_time_departures BIGINT COMMENT 'Left the gate less than 15 minutes late and were not cancelled',
  on_time_departure_share DOUBLE COMMENT '0 to 1: on_time_departures / total_flights',
  on_time_arrivals BIGINT COMMENT 'Reached the gate less than 15 minutes late; cancelled and diverted flights did not (DOT, Air Travel Consumer Report)',
  on_time_arrival_share DOUBLE COMMENT '0 to 1: on_time_arrivals / total_flights',
  total_departure_delay_minutes BIGINT COMMENT 'Minutes, early departures count negative; NULL if none departed',
  average_departure_delay_minutes DOUBLE COMMENT 'Minutes: total_departure_delay_minutes / departed_flights; NULL if none departed',
  total_arrival_delay_minutes BIGINT COMMENT 'Minutes, early arrivals count negative; NULL if none arrived',
  average_arrival_delay_minutes DOUBLE COMMENT 'Minutes: total_arrival_delay_minutes / arrived_flights; NULL if none arrived',
  total_distance_miles BIGINT COMMENT 'Statute miles between the airports, summed over total_flights; NULL if not given of any',
  total_air_minutes BIGINT COMMENT 'Minutes wheels off to wheels on; NULL if not known of any flight (before 1995)',
  air_time_known_flights BIGINT COMMENT 'Flights of which the air time is known: denominator of the average air time',
  average_air_minutes DOUBLE COMMENT 'Minutes: total_air_minutes / air_time_known_flights; NULL if not known of any flight'
)
COMMENT 'Flights, delays, distance and air time by month and airline'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/airline_delays_monthly'
TBLPROPERTIES ('external.table.purge' = 'false');
