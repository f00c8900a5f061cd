-- How each airport ran day by day, where flights leave and where they arrive.
-- Grain: one row a flight_date, airport_id and airline_id. One ORC file a year, sorted by month, airport_id,
-- airline_id, flight_date.
-- Every flight counts at two airports, so only departures, or only arrivals, add up to the flights of the country.
-- Under a filter of origin or destination ask route_delays_monthly, whose rows hold both.
-- Averages and shares are of their row. For coarser ones divide the sums of the columns that the comment names.
-- Asked by: `aero explain`, and people in SQL who want days; no chart, since those filter by route.
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/airport_delays_daily/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.airport_delays_daily (
  flight_date DATE COMMENT 'Scheduled local date at the origin, for arrivals too: one after midnight counts on the day before',
  airport_id STRING COMMENT 'Airport, aero_clean.airports.airport_id',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  scheduled_departures BIGINT COMMENT 'Scheduled flights from here, cancelled ones too: denominator of the departure shares; 0 if none',
  cancelled_departures BIGINT COMMENT 'Cancelled flights from here',
  departed_flights BIGINT COMMENT 'Flights that departed here, the few cancelled after it too: denominator of the average departure delay',
  on_time_departures BIGINT COMMENT 'Left the gate here less than 15 minutes late and were not cancelled',
  on_time_departure_share DOUBLE COMMENT '0 to 1: on_time_departures / scheduled_departures; NULL if none was scheduled',
  total_departure_delay_minutes BIGINT COMMENT 'Minutes, early departures count negative; NULL if none departed',
  average_departure_delay_minutes DOUBLE COMMENT 'Minutes: total_departure_delay_minutes / departed_flights; NULL if none departed',
  scheduled_arrivals BIGINT COMMENT 'Scheduled flights to here, cancelled and diverted ones too: denominator of the arrival shares; 0 if none',
  cancelled_arrivals BIGINT COMMENT 'Cancelled flights to here',
  diverted_arrivals BIGINT COMMENT 'Flights to here that were diverted, among diversion_known_arrivals; NULL if that is 0: unknown, not none',
  diversion_known_arrivals BIGINT COMMENT 'Scheduled flights to here of which the source knows whether they were diverted: denominator of a diverted share',
  arrived_flights BIGINT COMMENT 'Flights that arrived here without a diversion: denominator of the average arrival delay',
  on_time_arrivals BIGINT COMMENT 'Reached the gate here less than 15 minutes late; cancelled and diverted flights did not (DOT, Air Travel Consumer Report)',
  on_time_arrival_share DOUBLE COMMENT '0 to 1: on_time_arrivals / scheduled_arrivals; NULL if none was scheduled',
  total_arrival_delay_minutes BIGINT COMMENT 'Minutes, early arrivals count negative; NULL if none arrived',
  average_arrival_delay_minutes DOUBLE COMMENT 'Minutes: total_arrival_delay_minutes / arrived_flights; NULL if none arrived'
)
COMMENT 'Departures and arrivals and their delays by day, airport and airline'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/airport_delays_daily'
TBLPROPERTIES ('external.table.purge' = 'false');
