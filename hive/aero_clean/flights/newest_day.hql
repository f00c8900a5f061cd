-- The last day of a year of which flights are loaded.
-- Grain: one row.
-- Parameters: year (of the flights).
-- Usage: aero sql hive/aero_clean/flights/newest_day.hql --set year=2013
SELECT max(flight_date) AS newest_day
FROM aero_clean.flights
WHERE year = ${year};
