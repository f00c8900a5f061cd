-- Aggregates one year of aero_clean.flights for aero_batch.delay_causes_monthly.
-- The five causes of a flight are known together or not at all.
-- DISTRIBUTE BY a constant brings all rows to one task, so that SORT BY leaves one file, sorted.
-- Parameters: location (new folder for the rows), year (of the flights).
-- Usage: aero sql hive/aero_batch/delay_causes_monthly/load.hql --set location=/aero/batch/delay_causes_monthly/year=2013/load=by-hand --set year=2013
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
  origin_id,
  destination_id,
  COUNT(*) AS total_flights,
  COUNT(CASE WHEN arrival_delay_minutes >= 15 THEN 1 END) AS arrival_delayed_flights,
  COUNT(carrier_delay_minutes) AS causes_known_flights,
  COUNT(CASE WHEN arrival_delay_minutes >= 15 THEN carrier_delay_minutes END) AS causes_known_delayed_flights,
  SUM(carrier_delay_minutes) AS carrier_delay_minutes,
  SUM(CAST(carrier_delay_minutes > 0 AS INT)) AS carrier_delayed_flights,
  SUM(weather_delay_minutes) AS weather_delay_minutes,
  SUM(CAST(weather_delay_minutes > 0 AS INT)) AS weather_delayed_flights,
  SUM(nas_delay_minutes) AS nas_delay_minutes,
  SUM(CAST(nas_delay_minutes > 0 AS INT)) AS nas_delayed_flights,
  SUM(security_delay_minutes) AS security_delay_minutes,
  SUM(CAST(security_delay_minutes > 0 AS INT)) AS security_delayed_flights,
  SUM(late_aircraft_delay_minutes) AS late_aircraft_delay_minutes,
  SUM(CAST(late_aircraft_delay_minutes > 0 AS INT)) AS late_aircraft_delayed_flights,
  SUM(
    carrier_delay_minutes + weather_delay_minutes + nas_delay_minutes + security_delay_minutes
    + late_aircraft_delay_minutes
  ) AS all_causes_delay_minutes
FROM aero_clean.flights
WHERE year = ${year}
GROUP BY month, airline_id, origin_id, destination_id
DISTRIBUTE BY 'one file'
SORT BY airline_id, origin_id, destination_id, month;
