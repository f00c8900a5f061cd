-- What was last known of live flights when they were moved out of HBase (luigi_tasks/archive_live_flights.py).
-- Grain: one row a leg on one day. Columns are those of aero_live.flight_state. One ORC file a month.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/live_flights/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.live_flights (
  row_key STRING COMMENT 'Origin - scheduled departure (UTC, yyyymmddHHMM) - airline and number - destination; never NULL',
  flight_id STRING COMMENT 'One leg on one day, DL1234-20130710-JFK-ATL-1830; never NULL',
  event_at TIMESTAMP COMMENT 'UTC; time of the newest event; never NULL',
  source STRING COMMENT 'Live source of the newest event (aero/live/sources); never NULL',
  status STRING COMMENT 'scheduled, active, landed, cancelled, diverted or incident; NULL where only positions are known',
  flight_date DATE COMMENT 'Scheduled local date at the origin; never NULL',
  airline_id STRING COMMENT 'Operating carrier, as aero_clean.flights.airline_id; never NULL',
  flight_number STRING COMMENT 'Number of the operating flight, no leading zeros; never NULL',
  origin_id STRING COMMENT 'Airport code of the origin, aero_clean.airports.airport_id; never NULL',
  destination_id STRING COMMENT 'Airport code of the scheduled destination; never NULL',
  code_shares STRING COMMENT 'Numbers it is also sold under, sorted, BT5813,QF8371; NULL if none is known',
  tail_number STRING COMMENT 'Aircraft registration; NULL if not known',
  scheduled_departure_at TIMESTAMP COMMENT 'UTC, at the gate; never NULL',
  estimated_departure_at TIMESTAMP COMMENT 'UTC, at the gate, as last expected; NULL if nobody said',
  departure_at TIMESTAMP COMMENT 'UTC, at the gate, as it was; NULL before',
  scheduled_arrival_at TIMESTAMP COMMENT 'UTC, at the gate; NULL if not known',
  estimated_arrival_at TIMESTAMP COMMENT 'UTC, at the gate, as last expected; NULL if nobody said',
  arrival_at TIMESTAMP COMMENT 'UTC, at the gate of the scheduled destination, as it was; NULL before',
  departure_terminal STRING COMMENT 'Terminal at the origin; NULL if not known',
  departure_gate STRING COMMENT 'Gate at the origin; NULL if not known',
  arrival_terminal STRING COMMENT 'Terminal at the destination; NULL if not known',
  arrival_gate STRING COMMENT 'Gate at the destination; NULL if not known',
  latitude DOUBLE COMMENT 'Degrees, north positive, where it was last seen; NULL if never',
  longitude DOUBLE COMMENT 'Degrees, east positive, where it was last seen; NULL if never',
  altitude_feet DOUBLE COMMENT 'Feet above mean sea level, where it was last seen; NULL if never',
  ground_speed_knots DOUBLE COMMENT 'Knots over the ground, where it was last seen; NULL if never',
  heading_degrees DOUBLE COMMENT 'Degrees clockwise from true north, where it was last seen; NULL if never',
  departure_delay_minutes BIGINT COMMENT 'Whole minutes from schedule to departure, negative when early; NULL if it did not depart',
  delay_category STRING COMMENT 'On-Time <= 0 < Minor <= 15 < Moderate <= 60 < Major minutes; NULL if it did not depart',
  told_at MAP<STRING, BIGINT> COMMENT 'When the value of each column was told: milliseconds since 1970 by name of column, -1 if never; NULL in rows of before this column'
)
COMMENT 'Last state of live flights that are too old for HBase'
PARTITIONED BY (year INT COMMENT 'Year of flight_date', month INT COMMENT 'Month of flight_date')
STORED AS ORC
LOCATION '/aero/clean/live_flights'
TBLPROPERTIES ('external.table.purge' = 'false');
