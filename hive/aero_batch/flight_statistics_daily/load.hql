-- Aggregates one month of aero_clean.flights for aero_batch.flight_statistics_daily.
-- DISTRIBUTE BY a constant brings all rows to one task, so that SORT BY leaves one file, sorted.
-- Parameters: location (new folder for the rows), year (of the flights), month (1 to 12).
-- Usage: aero sql hive/aero_batch/flight_statistics_daily/load.hql --set location=/aero/batch/flight_statistics_daily/year=2013/month=01/load=by-hand --set year=2013 --set month=1
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
SELECT
  flight_date,
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
WHERE year = ${year} AND month = ${month}
GROUP BY flight_date, airline_id, origin_id, destination_id
DISTRIBUTE BY 'one file'
SORT BY airline_id, origin_id, destination_id, flight_date;
