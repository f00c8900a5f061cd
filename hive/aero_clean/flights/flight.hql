-- One flight with all its columns.
-- Grain: one row a leg under that number on that day.
-- Parameters: year (of the day), month (of the day, 1 to 12), day (YYYY-MM-DD), airline (code), number (of the flight).
-- Usage: aero sql hive/aero_clean/flights/flight.hql --set year=2013 --set month=7 --set day=2013-07-10 --set airline=B6 --set number=703
SELECT *
FROM aero_clean.flights
WHERE year = ${year} AND month = ${month} AND flight_date = DATE '${day}' AND airline_id = '${airline}'
  AND flight_number = '${number}';
