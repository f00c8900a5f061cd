-- Airports of the world by the code that flights use, with where they are and their time zone.
-- Grain: one row an airport. Key: airport_id. Rows: PyPI airportsdata and supplement.csv beside this file
-- (aero/airports.py), written by luigi_tasks/dimensions.py. A small text file: any engine reads it, and so do people.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/airports/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.airports (
  airport_id STRING COMMENT 'Code that BTS uses, nearly always the IATA code; never NULL',
  name STRING COMMENT 'Name of the airport; never NULL',
  city STRING COMMENT 'City it serves; NULL where not known',
  subdivision STRING COMMENT 'State, province or region, spelled out; NULL where not known',
  country_id STRING COMMENT 'ISO 3166 code of two letters; never NULL',
  latitude DOUBLE COMMENT 'Degrees, north positive; never NULL',
  longitude DOUBLE COMMENT 'Degrees, east positive; never NULL',
  elevation_feet DOUBLE COMMENT 'Feet above the sea; never NULL',
  time_zone STRING COMMENT 'IANA name, America/New_York; never NULL'
)
COMMENT 'Airports with coordinates and time zone'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/clean/airports'
TBLPROPERTIES ('external.table.purge' = 'false');
