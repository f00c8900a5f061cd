-- Aggregates one year of aero_clean.flights for aero_batch.route_delays_monthly.
-- DISTRIBUTE BY a constant brings all rows to one task, so that SORT BY leaves one file, sorted.
-- Parameters: location (new folder for the rows), year (of the flights).
-- Usage: aero sql hive/aero_batch/route_delays_monthly/load.hql --set location=/aero/batch/route_delays_monthly/year=2013/load=by-hand --set year=2013
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
  origin_id,
  destination_id,
  COUNT(*) AS total_flights,
  COUNT(CASE WHEN is_cancelled THEN 1 END) AS cancelled_flights,
  SUM(CAST(is_diverted AS INT)) AS diverted_flights,
  COUNT(is_diverted) AS diversion_known_flights,
  COUNT(departure_delay_minutes) AS departed_flights,
  COUNT(arrival_delay_minutes) AS arrived_flights,
  COUNT(CASE WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 END) AS on_time_departures,
  COUNT(CASE WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 END) / COUNT(*) AS on_time_departure_share,
  COUNT(CASE WHEN arrival_delay_minutes < 15 THEN 1 END) AS on_time_arrivals,
  COUNT(CASE WHEN arrival_delay_minutes < 15 THEN 1 END) / COUNT(*) AS on_time_arrival_share,
  SUM(departure_delay_minutes) AS total_departure_delay_minutes,
  AVG(departure_delay_minutes) AS average_departure_delay_minutes,
  SUM(arrival_delay_minutes) AS total_arrival_delay_minutes,
  AVG(arrival_delay_minutes) AS average_arrival_delay_minutes,
  SUM(distance_miles) AS total_distance_miles,
  SUM(air_minutes) AS total_air_minutes,
  COUNT(air_minutes) AS air_time_known_flights,
  AVG(air_minutes) AS average_air_minutes
FROM aero_clean.flights
WHERE year = ${year}
GROUP BY month, airline_id, origin_id, destination_id
DISTRIBUTE BY 'one file'
SORT BY airline_id, origin_id, destination_id, month;
