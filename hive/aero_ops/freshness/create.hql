-- How fresh each table is: its newest event, its newest load, and whether that is as new as it should be.
-- Grain: one row a table. Rows: one small tab-separated file that is replaced whole (aero/ops/freshness.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/freshness/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.freshness (
  table_name STRING COMMENT 'Table with its database; never NULL',
  state STRING COMMENT 'fresh, stale, empty, or idle (its stream does not run); never NULL',
  newest_event_at TIMESTAMP COMMENT 'UTC; newest event it tells of, for months their end; NULL if empty',
  newest_load_at TIMESTAMP COMMENT 'UTC; when rows were last put in; NULL if empty',
  judged_by STRING COMMENT 'event or load: which of the two must be new; never NULL',
  age_hours DOUBLE COMMENT 'Hours from that instant to checked_at; NULL if empty',
  expected_hours DOUBLE COMMENT 'Greatest age that is fresh, hours; never NULL',
  checked_at TIMESTAMP COMMENT 'UTC; when this was found; never NULL'
)
COMMENT 'Newest event and load of each table'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/freshness'
TBLPROPERTIES ('external.table.purge' = 'false');
