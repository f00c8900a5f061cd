-- Why flights arrived late: delay_causes_monthly without the route, for what asks of no airport. A flight can have
-- several causes, so flights of causes do not add up; minutes do.
-- Grain: one row a month and airline_id. One ORC file a year, sorted by month, airline_id.
-- NULL is unknown and 0 is none: causes are collected since 2003-06, and not of cancelled or diverted flights.
-- Parameters: none.
-- Usage: aero sql hive/aero_batch/airline_delay_causes_monthly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_batch.airline_delay_causes_monthly (
  month INT COMMENT '1 to 12',
  month_date DATE COMMENT 'First day of the month, for time axes',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  total_flights BIGINT COMMENT 'Scheduled flights, cancelled and diverted ones too',
  arrival_delayed_flights BIGINT COMMENT 'Arrived 15 minutes late or more: only these can have a cause',
  causes_known_flights BIGINT COMMENT 'Flights of which causes were collected, those that were on time too; 0 before 2003-06',
  causes_known_delayed_flights BIGINT COMMENT 'Of arrival_delayed_flights, those of which causes were collected: denominator of the flights of a cause',
  carrier_delay_minutes BIGINT COMMENT 'Minutes of arrival delay due to the carrier; NULL if not collected of any flight',
  carrier_delayed_flights BIGINT COMMENT 'Flights with such minutes; NULL if not collected of any flight',
  weather_delay_minutes BIGINT COMMENT 'Minutes of arrival delay due to extreme weather; NULL if not collected of any flight',
  weather_delayed_flights BIGINT COMMENT 'Flights with such minutes; NULL if not collected of any flight',
  nas_delay_minutes BIGINT COMMENT 'Minutes of arrival delay due to the national air system; NULL if not collected of any flight',
  nas_delayed_flights BIGINT COMMENT 'Flights with such minutes; NULL if not collected of any flight',
  security_delay_minutes BIGINT COMMENT 'Minutes of arrival delay due to security; NULL if not collected of any flight',
  security_delayed_flights BIGINT COMMENT 'Flights with such minutes; NULL if not collected of any flight',
  late_aircraft_delay_minutes BIGINT COMMENT 'Minutes of arrival delay due to the aircraft arriving late; NULL if not collected of any flight',
  late_aircraft_delayed_flights BIGINT COMMENT 'Flights with such minutes; NULL if not collected of any flight',
  all_causes_delay_minutes BIGINT COMMENT 'Minutes of the five causes together: denominator of the share of a cause; NULL if not collected of any flight'
)
COMMENT 'Minutes and flights by cause of the arrival delay, month and airline'
PARTITIONED BY (year INT COMMENT 'Year of flight_date')
STORED AS ORC
LOCATION '/aero/batch/airline_delay_causes_monthly'
TBLPROPERTIES ('external.table.purge' = 'false');
