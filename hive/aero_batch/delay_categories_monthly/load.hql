-- Aggregates one year of aero_clean.flights for aero_batch.delay_categories_monthly.
-- DISTRIBUTE BY a constant brings all rows to one task, so that SORT BY leaves one file, sorted.
-- Parameters: location (new folder for the rows), year (of the flights).
-- Usage: aero sql hive/aero_batch/delay_categories_monthly/load.hql --set location=/aero/batch/delay_categories_monthly/year=2013/load=by-hand --set year=2013
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
  origin_id,
  destination_id,
  CASE delay_category_order
    WHEN 1 THEN 'On-Time'
    WHEN 2 THEN 'Minor'
    WHEN 3 THEN 'Moderate'
    WHEN 4 THEN 'Major'
  END AS delay_category,
  delay_category_order,
  COUNT(departure_delay_minutes) AS departed_flights,
  COUNT(CASE WHEN is_cancelled THEN 1 END) AS cancelled_flights,
  COUNT(*) AS total_flights
FROM (
  SELECT
    month,
    flight_date,
    airline_id,
    origin_id,
    destination_id,
    CASE
      WHEN departure_delay_minutes <= 0 THEN 1
      WHEN departure_delay_minutes <= 15 THEN 2
      WHEN departure_delay_minutes <= 60 THEN 3
      WHEN departure_delay_minutes > 60 THEN 4
    END AS delay_category_order,
    departure_delay_minutes,
    is_cancelled
  FROM aero_clean.flights
  WHERE year = ${year}
) AS flights
GROUP BY month, airline_id, origin_id, destination_id, delay_category_order
DISTRIBUTE BY 'one file'
SORT BY airline_id, origin_id, destination_id, month, delay_category_order;
