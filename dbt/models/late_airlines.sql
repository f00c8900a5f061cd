-- Written by `aero tables --as-dbt`, once: it is yours to change.
-- Share of flights that reached the gate 15 minutes late or more, were cancelled or diverted.
-- Grain: one row a year and airline.
SELECT
    months.year,
    airlines.name AS airline,
    SUM(months.total_flights) AS flights,
    1 - SUM(months.on_time_arrivals) / SUM(months.total_flights) AS late_share
FROM {{ source('aero_batch', 'airline_delays_monthly') }} AS months
JOIN {{ source('aero_clean', 'airlines') }} AS airlines ON airlines.airline_id = months.airline_id
GROUP BY months.year, airlines.name
