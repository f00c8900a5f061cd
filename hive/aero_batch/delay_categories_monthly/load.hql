-- The rows of some months of a year of aero_batch.delay_categories_monthly, aggregated from aero_clean.flights.
-- jobs/view_rows.py asks DuckDB, month by month; Hive and Spark answer the same.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/delay_categories_monthly/load.hql --set year=2013 --set months=1,2
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
  WHERE year = ${year} AND month IN (${months})
) AS flights
GROUP BY month, airline_id, origin_id, destination_id, delay_category_order
ORDER BY month, airline_id, origin_id, destination_id, delay_category_order;
