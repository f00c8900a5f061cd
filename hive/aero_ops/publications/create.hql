-- History of what readers saw: every time that a table's partition was pointed at another folder, when and why.
-- Grain: one row a switch. Rows: one tab-separated file a table (aero/ops/publications.py), kept for ever.
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/publications/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.publications (
  published_at TIMESTAMP COMMENT 'UTC; when readers were switched, for found when that was noticed; never NULL',
  table_name STRING COMMENT 'Table with its database; never NULL',
  partition_name STRING COMMENT 'Partition as Hive names it, year=2013/month=1; never NULL',
  from_location STRING COMMENT 'HDFS folder that readers saw before; NULL if there was none',
  to_location STRING COMMENT 'HDFS folder that readers see from then on; NULL if the partition was dropped',
  run_id STRING COMMENT 'Run that did it, or noticed it; never NULL',
  why STRING COMMENT 'load, increment, rebuild, rollback, archive, or found: done by hand, or by a run that was killed; never NULL',
  token BIGINT COMMENT 'Token of the lease of the writer that did it, it only rises; NULL if it held none'
)
COMMENT 'Every switch of a partition, since the first that was recorded'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/publications'
TBLPROPERTIES ('external.table.purge' = 'false');
