-- The stations of NOAA whose weather counts at airports.
-- Grain: one row an airport that has one. Key: airport_id. Rows: stations.csv beside this file, which `aero weather
-- stations` makes of NOAA's list (aero/weather_stations.py), written by luigi_tasks/dimensions.py.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/weather_stations/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.weather_stations (
  airport_id STRING COMMENT 'aero_clean.airports.airport_id; never NULL',
  station_id STRING COMMENT 'Numbers that NOAA calls USAF and WBAN, 11 digits; never NULL'
)
COMMENT 'Airports and their weather stations'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/clean/weather_stations'
TBLPROPERTIES ('external.table.purge' = 'false');
