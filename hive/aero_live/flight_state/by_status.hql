-- The live flights of one day by status, beside what BTS says of the same day; of a whole replay both are equal.
-- Grain: one row a status.
-- Parameters: year (of the day), month (of the day, 1 to 12), day (YYYY-MM-DD).
-- Usage: aero sql hive/aero_live/flight_state/by_status.hql --set year=2013 --set month=7 --set day=2013-07-10
SELECT status, sum(live_flights) AS live_flights, sum(bts_flights) AS bts_flights
FROM (
  SELECT status, 1 AS live_flights, 0 AS bts_flights
  FROM aero_live.flight_state
  WHERE flight_date = DATE '${day}'
  UNION ALL
  SELECT
    CASE
      WHEN is_cancelled THEN 'cancelled'
      WHEN is_diverted THEN 'diverted'
      WHEN arrival_at IS NOT NULL THEN 'landed'
      WHEN departure_at IS NOT NULL THEN 'active'
      ELSE 'scheduled'
    END AS status,
    0 AS live_flights,
    1 AS bts_flights
  FROM aero_clean.flights
  WHERE year = ${year} AND month = ${month} AND flight_date = DATE '${day}'
    -- Flights without a schedule or with an airport of an unknown time zone cannot be replayed.
    AND scheduled_departure_at IS NOT NULL AND scheduled_departure_local IS NOT NULL
) AS flights
GROUP BY status
ORDER BY status;
