-- The flights of one day, with what a replay tells of them (aero/live/replay/history.py).
-- Grain: one row a flight of flight_date `day`.
-- Parameters: year (of the day), month (of the day, 1 to 12), day (YYYY-MM-DD).
-- Usage: aero sql hive/aero_clean/flights/day.hql --set year=2013 --set month=7 --set day=2013-07-10
SELECT
  flight_date,
  airline_id,
  flight_number,
  tail_number,
  marketing_airline_id,
  marketing_flight_number,
  origin_id,
  destination_id,
  scheduled_departure_local,
  scheduled_departure_at,
  departure_at,
  scheduled_arrival_at,
  arrival_at,
  is_cancelled,
  is_diverted,
  ground_away_minutes
FROM aero_clean.flights
WHERE year = ${year} AND month = ${month} AND flight_date = DATE '${day}';
