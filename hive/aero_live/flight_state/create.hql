-- The newest state of every live flight, as the stream keeps it in HBase; each column for itself the newest value told.
-- Grain: one row a leg on one day. An airport's board is a range of row keys, row_key >= 'JFK-201307102200' AND
-- row_key < 'JFK-201307110400', which HBase looks up without reading the rest (BETWEEN reads all in HiveServer2). It joins aero_clean.flights by flight_date,
-- airline_id, flight_number, origin_id, destination_id and scheduled_departure_at.
-- Parameters: none.
-- Usage: aero sql hive/aero_live/flight_state/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.flight_state (
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
  delay_category STRING COMMENT 'On-Time <= 0 < Minor <= 15 < Moderate <= 60 < Major minutes; NULL if it did not depart'
)
COMMENT 'Newest state of live flights, over HBase'
STORED BY 'aero.hive.HBaseTableHandler'
WITH SERDEPROPERTIES ('hbase.columns.mapping' = '
  :key,d:flight_id,d:event_at,d:source,d:status,d:flight_date,d:airline_id,d:flight_number,d:origin_id,
  d:destination_id,d:code_shares,d:tail_number,d:scheduled_departure_at,d:estimated_departure_at,
  d:departure_at,d:scheduled_arrival_at,d:estimated_arrival_at,d:arrival_at,d:departure_terminal,
  d:departure_gate,d:arrival_terminal,d:arrival_gate,d:latitude,d:longitude,d:altitude_feet,
  d:ground_speed_knots,d:heading_degrees,d:departure_delay_minutes,d:delay_category')
TBLPROPERTIES (
  'hbase.table.name' = 'aero:flight_state', 'aero.day.of.key' = 'flight_date', 'external.table.purge' = 'false');
