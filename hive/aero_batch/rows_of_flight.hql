-- The rows of the batch views that a flight counts in, and how many flights each of them counts.
-- Grain: one row a row of a view.
-- Parameters: year (of the flight), month (of the flight, 1 to 12), day (its date, YYYY-MM-DD), airline (its code),
-- origin (airport), destination (airport), weekday (1 to 7), hour (scheduled, or NULL), cancelled (true or false),
-- code (of the cancellation, or NULL), delay (at departure in minutes, or NULL).
-- Usage: aero sql hive/aero_batch/rows_of_flight.hql --set year=2013 --set month=7 --set day=2013-07-10 --set airline=B6 --set origin=JFK --set destination=MCO --set weekday=3 --set hour=8 --set cancelled=false --set code=NULL --set delay=5
SELECT 'flight_statistics_daily' AS view_name, 'day, airline and route' AS counted_in, total_flights AS flights
FROM aero_batch.flight_statistics_daily
WHERE year = ${year} AND month = ${month} AND flight_date = DATE '${day}' AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}'
UNION ALL
SELECT 'airline_delays_monthly' AS view_name, 'month and airline' AS counted_in, total_flights AS flights
FROM aero_batch.airline_delays_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}'
UNION ALL
SELECT 'route_delays_monthly' AS view_name, 'month, airline and route' AS counted_in, total_flights AS flights
FROM aero_batch.route_delays_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}'
UNION ALL
SELECT 'airport_delays_daily' AS view_name, CONCAT('day, airline and airport, ', airport_id) AS counted_in, scheduled_departures + scheduled_arrivals AS flights
FROM aero_batch.airport_delays_daily
WHERE year = ${year} AND flight_date = DATE '${day}' AND airline_id = '${airline}' AND airport_id IN ('${origin}', '${destination}')
UNION ALL
SELECT 'hourly_delays_monthly' AS view_name, CONCAT('month, airline, route, weekday ', CAST(day_of_week AS STRING), ', hour ', CAST(scheduled_departure_hour_local AS STRING)) AS counted_in, total_flights AS flights
FROM aero_batch.hourly_delays_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}' AND day_of_week = ${weekday} AND scheduled_departure_hour_local <=> ${hour}
UNION ALL
SELECT 'airline_hourly_delays_monthly' AS view_name, CONCAT('month, airline, weekday ', CAST(day_of_week AS STRING), ', hour ', CAST(scheduled_departure_hour_local AS STRING)) AS counted_in, total_flights AS flights
FROM aero_batch.airline_hourly_delays_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND day_of_week = ${weekday} AND scheduled_departure_hour_local <=> ${hour}
UNION ALL
SELECT 'airport_weekday_delays_monthly' AS view_name, CONCAT('month, airline, airport of departure, weekday ', CAST(day_of_week AS STRING)) AS counted_in, total_flights AS flights
FROM aero_batch.airport_weekday_delays_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND day_of_week = ${weekday}
UNION ALL
SELECT 'delay_causes_monthly' AS view_name, 'month, airline and route' AS counted_in, total_flights AS flights
FROM aero_batch.delay_causes_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}'
UNION ALL
SELECT 'airline_delay_causes_monthly' AS view_name, 'month and airline' AS counted_in, total_flights AS flights
FROM aero_batch.airline_delay_causes_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}'
UNION ALL
SELECT 'cancellations_monthly' AS view_name, CONCAT('month, airline, route, ', IF(is_cancelled, COALESCE(cancellation_reason, 'cancelled'), 'not cancelled')) AS counted_in, total_flights AS flights
FROM aero_batch.cancellations_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}' AND is_cancelled = ${cancelled} AND COALESCE(cancellation_code, 'NULL') = '${code}'
UNION ALL
SELECT 'airline_cancellations_monthly' AS view_name, CONCAT('month, airline, ', IF(is_cancelled, COALESCE(cancellation_reason, 'cancelled'), 'not cancelled')) AS counted_in, total_flights AS flights
FROM aero_batch.airline_cancellations_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND is_cancelled = ${cancelled} AND COALESCE(cancellation_code, 'NULL') = '${code}'
UNION ALL
SELECT 'delay_categories_monthly' AS view_name, CONCAT('month, airline, route, ', COALESCE(delay_category, 'not departed')) AS counted_in, total_flights AS flights
FROM aero_batch.delay_categories_monthly
WHERE year = ${year} AND month = ${month} AND airline_id = '${airline}' AND origin_id = '${origin}' AND destination_id = '${destination}' AND delay_category_order <=> CASE WHEN ${delay} <= 0 THEN 1 WHEN ${delay} <= 15 THEN 2 WHEN ${delay} <= 60 THEN 3 WHEN ${delay} > 60 THEN 4 END;
