-- Rows that could not become a clean flight, with the reason and where they stand in the raw file.
-- Grain: one row a refused line. rows in = rows of aero_clean.flights + rows here, for every load.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/flights_quarantine/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.flights_quarantine (
  reason STRING COMMENT 'Name of the first rule that refused it, such as untypable or duplicate_key',
  detail STRING COMMENT 'The column and value at fault, for a person to read',
  line STRING COMMENT 'The line as it came',
  source_family STRING COMMENT 'reporting or marketing',
  source_layout STRING COMMENT 'Header the line came under: a layout of aero/bts.py',
  source_file STRING COMMENT 'Name of the readable raw file; of a zip its CSV, as .csv.gz',
  source_line INT COMMENT 'Line in the raw file, the header is 1',
  load_id STRING COMMENT 'Load that refused it'
)
COMMENT 'Refused lines of the BTS files'
PARTITIONED BY (year INT COMMENT 'Year of the raw file', month INT COMMENT 'Month of the raw file')
STORED AS ORC
LOCATION '/aero/clean/flights_quarantine'
TBLPROPERTIES ('external.table.purge' = 'false');
