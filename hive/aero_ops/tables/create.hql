-- What each table is: what a row of it is, who writes it, who may read it, and when it is stale.
-- Grain: one row a table. Key: table_name. Rows: one small tab-separated file that is replaced whole, made of every
-- table's create.hql by the service scheduler (aero/ops/described.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/tables/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.tables (
  table_name STRING COMMENT 'Table with its database; never NULL',
  purpose STRING COMMENT 'What it is for; never NULL',
  grain STRING COMMENT 'What one row of it is, and its key; never NULL',
  written_by STRING COMMENT 'Task of Luigi, service or command that writes it; never NULL',
  read_by STRING COMMENT 'Least role that may read it: reader, analyst or operator; never NULL',
  stale_after_hours DOUBLE COMMENT 'Greatest age that is fresh, hours; NULL if its freshness is not judged'
)
COMMENT 'What each table is, who writes it and who may read it'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/tables'
TBLPROPERTIES ('external.table.purge' = 'false');
