-- The refused lines by reason, with one of them to look at.
-- Grain: one row a month and reason.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/flights_quarantine/by_reason.hql
SELECT year, month, reason, count(*) AS lines, min(detail) AS for_instance, min(source_file) AS source_file
FROM aero_clean.flights_quarantine
GROUP BY year, month, reason
ORDER BY year, month, reason;
