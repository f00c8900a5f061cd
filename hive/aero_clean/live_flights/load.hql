-- One month of aero_clean.live_flights as it is to be: what was moved there before, and the states that are old now.
-- A flight that is in both, after a crash between moving and deleting, is there once, as HBase has it.
-- Parameters: location (new folder for the rows), year (of the flights), month (of the flights, 1 to 12), before (first
-- flight_date that stays in HBase, YYYY-MM-DD).
-- Usage: aero sql hive/aero_clean/live_flights/load.hql --set location=/aero/clean/live_flights/year=2013/month=07/load=by-hand --set year=2013 --set month=7 --set before=2013-08-01
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
SELECT
  row_key, flight_id, event_at, source, status, flight_date, airline_id, flight_number, origin_id,
  destination_id, code_shares, tail_number, scheduled_departure_at, estimated_departure_at, departure_at,
  scheduled_arrival_at, estimated_arrival_at, arrival_at, departure_terminal, departure_gate,
  arrival_terminal, arrival_gate, latitude, longitude, altitude_feet, ground_speed_knots, heading_degrees,
  departure_delay_minutes, delay_category
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY row_key ORDER BY is_in_hbase DESC) AS place
  FROM (
    SELECT
    row_key, flight_id, event_at, source, status, flight_date, airline_id, flight_number, origin_id,
    destination_id, code_shares, tail_number, scheduled_departure_at, estimated_departure_at,
    departure_at, scheduled_arrival_at, estimated_arrival_at, arrival_at, departure_terminal,
    departure_gate, arrival_terminal, arrival_gate, latitude, longitude, altitude_feet,
    ground_speed_knots, heading_degrees, departure_delay_minutes, delay_category,
    1 AS is_in_hbase
    FROM aero_live.flight_state
    WHERE flight_date < DATE '${before}' AND YEAR(flight_date) = ${year} AND MONTH(flight_date) = ${month}
    UNION ALL
    SELECT
    row_key, flight_id, event_at, source, status, flight_date, airline_id, flight_number, origin_id,
    destination_id, code_shares, tail_number, scheduled_departure_at, estimated_departure_at,
    departure_at, scheduled_arrival_at, estimated_arrival_at, arrival_at, departure_terminal,
    departure_gate, arrival_terminal, arrival_gate, latitude, longitude, altitude_feet,
    ground_speed_knots, heading_degrees, departure_delay_minutes, delay_category,
    0 AS is_in_hbase
    FROM aero_clean.live_flights
    WHERE year = ${year} AND month = ${month}
  ) AS both_places
) AS ranked
WHERE place = 1
SORT BY row_key;
