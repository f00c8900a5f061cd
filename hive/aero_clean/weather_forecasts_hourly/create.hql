-- Forecasts of the weather at airports, hour by hour, as they were fetched from the National Weather Service.
-- Grain: one row an airport, hour and fetch. Key: airport_id, hour_at, known_at. What is in a row was known from known_at
-- on, not before. One ORC file a month. Made of the answers in the raw layer (luigi_tasks/load_weather_forecasts.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/weather_forecasts_hourly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.weather_forecasts_hourly (
  airport_id STRING COMMENT 'aero_clean.airports.airport_id; never NULL',
  hour_at TIMESTAMP COMMENT 'UTC; begin of the hour that is forecast; never NULL',
  known_at TIMESTAMP COMMENT 'UTC; when it was fetched; never NULL',
  made_at TIMESTAMP COMMENT 'UTC; when the service says that it was made; NULL if it does not say',
  temperature_celsius DOUBLE COMMENT 'Degrees Celsius of the air; NULL if not forecast',
  dew_point_celsius DOUBLE COMMENT 'Degrees Celsius; NULL if not forecast',
  wind_speed_knots DOUBLE COMMENT 'Knots, the higher end where it is a range; NULL if not forecast',
  precipitation_percent DOUBLE COMMENT 'Probability of precipitation, 0 to 100; NULL if not forecast',
  summary STRING COMMENT 'In the words of the service, Chance Rain Showers; NULL if none',
  load_id STRING COMMENT 'Load that wrote it; never NULL'
)
COMMENT 'Forecasts of the weather by airport, hour and fetch'
PARTITIONED BY (year INT COMMENT 'Year of known_at', month INT COMMENT 'Month of known_at')
STORED AS ORC
LOCATION '/aero/clean/weather_forecasts_hourly'
TBLPROPERTIES ('external.table.purge' = 'false');
