-- Live and history in one question: the newest delay of each live flight out of an airport beside what the same flight
-- number had on that route before.
-- Grain: one row a live flight out of the airport, by scheduled departure.
-- Parameters: airport (code), year (of the history).
-- Usage: aero sql hive/aero_live/flight_state/history.hql --set airport=JFK --set year=2013
SELECT
  live.airline_id,
  live.flight_number,
  live.destination_id,
  live.scheduled_departure_at,
  live.status,
  live.departure_delay_minutes,
  history.flights AS flights_before,
  round(history.average_delay_minutes, 1) AS average_delay_minutes_before
FROM aero_live.flight_state AS live
JOIN (
  SELECT airline_id, flight_number, origin_id, destination_id, count(*) AS flights,
    avg(departure_delay_minutes) AS average_delay_minutes
  FROM aero_clean.flights
  WHERE year = ${year} AND origin_id = '${airport}'
  GROUP BY airline_id, flight_number, origin_id, destination_id
) AS history
  ON history.airline_id = live.airline_id
  AND history.flight_number = live.flight_number
  AND history.origin_id = live.origin_id
  AND history.destination_id = live.destination_id
WHERE live.row_key >= '${airport}-' AND live.row_key < '${airport}.'
ORDER BY live.scheduled_departure_at, live.airline_id, live.flight_number;
