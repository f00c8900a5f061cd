-- Airlines that reported on-time data to BTS since 1987, or flew for one that did.
-- Grain: one row a carrier. Key: airline_id. Rows: airlines.csv beside this file, written by luigi_tasks/dimensions.py.
-- Parameters: none.
-- Usage: aero sql hive/aero_clean/airlines/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_clean.airlines (
  airline_id STRING COMMENT 'DOT Unique Carrier code, PA (1) for an earlier user of PA; never NULL',
  name STRING COMMENT 'Name most people knew it by; never NULL'
)
COMMENT 'Airlines by their DOT Unique Carrier code'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/clean/airlines'
TBLPROPERTIES ('external.table.purge' = 'false');
