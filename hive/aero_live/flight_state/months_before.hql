-- The months of the states that are older than a day.
-- Grain: one row a month.
-- Parameters: before (YYYY-MM-DD).
-- Usage: aero sql hive/aero_live/flight_state/months_before.hql --set before=2013-08-01
SELECT DISTINCT YEAR(flight_date) AS year, MONTH(flight_date) AS month
FROM aero_live.flight_state
WHERE flight_date < DATE '${before}';
