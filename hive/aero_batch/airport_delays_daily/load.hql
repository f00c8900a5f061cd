-- The rows of some months of a year of aero_batch.airport_delays_daily, aggregated from aero_clean.flights.
-- A flight becomes two movements: the departure at its origin, and the arrival at its destination.
-- jobs/view_rows.py asks DuckDB, month by month; Hive and Spark answer the same.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/airport_delays_daily/load.hql --set year=2013 --set months=1,2
SELECT
  flight_date,
  airport_id,
  airline_id,
  COUNT(CASE WHEN is_departure THEN 1 END) AS scheduled_departures,
  COUNT(CASE WHEN is_departure AND is_cancelled THEN 1 END) AS cancelled_departures,
  COUNT(departure_delay_minutes) AS departed_flights,
  COUNT(CASE WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 END) AS on_time_departures,
  AVG(
    CASE WHEN NOT is_departure THEN NULL WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 ELSE 0 END
  ) AS on_time_departure_share,
  SUM(departure_delay_minutes) AS total_departure_delay_minutes,
  AVG(departure_delay_minutes) AS average_departure_delay_minutes,
  COUNT(CASE WHEN NOT is_departure THEN 1 END) AS scheduled_arrivals,
  COUNT(CASE WHEN NOT is_departure AND is_cancelled THEN 1 END) AS cancelled_arrivals,
  SUM(CAST(is_diverted AS INT)) AS diverted_arrivals,
  COUNT(is_diverted) AS diversion_known_arrivals,
  COUNT(arrival_delay_minutes) AS arrived_flights,
  COUNT(CASE WHEN arrival_delay_minutes < 15 THEN 1 END) AS on_time_arrivals,
  AVG(CASE WHEN is_departure THEN NULL WHEN arrival_delay_minutes < 15 THEN 1 ELSE 0 END) AS on_time_arrival_share,
  SUM(arrival_delay_minutes) AS total_arrival_delay_minutes,
  AVG(arrival_delay_minutes) AS average_arrival_delay_minutes
FROM (
  SELECT
    flight_date,
    origin_id AS airport_id,
    airline_id,
    TRUE AS is_departure,
    is_cancelled,
    CAST(NULL AS BOOLEAN) AS is_diverted,
    departure_delay_minutes,
    CAST(NULL AS INT) AS arrival_delay_minutes
  FROM aero_clean.flights
  WHERE year = ${year} AND month IN (${months})
  UNION ALL
  SELECT
    flight_date,
    destination_id AS airport_id,
    airline_id,
    FALSE AS is_departure,
    is_cancelled,
    is_diverted,
    CAST(NULL AS INT) AS departure_delay_minutes,
    arrival_delay_minutes
  FROM aero_clean.flights
  WHERE year = ${year} AND month IN (${months})
) AS movements
GROUP BY flight_date, airport_id, airline_id
ORDER BY airport_id, airline_id, flight_date;
