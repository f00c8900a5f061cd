-- What each column of each table is: its type, its unit, and what NULL means in it.
-- Grain: one row a column. Key: table_name, column_name. Rows: one small tab-separated file that is replaced whole, made
-- of every table's create.hql by the service scheduler (aero/ops/described.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/columns/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.columns (
  table_name STRING COMMENT 'Table with its database; never NULL',
  place INT COMMENT 'Of the column in its table, from 1; never NULL',
  column_name STRING COMMENT 'Name; never NULL',
  column_type STRING COMMENT 'Type as Hive writes it; never NULL',
  is_partition BOOLEAN COMMENT 'The table has a folder for each value; never NULL',
  unit STRING COMMENT 'Unit that its name ends in, UTC of an instant; NULL if it counts or measures nothing, or its name does not say',
  what STRING COMMENT 'What it is, with its unit in words; never NULL',
  null_means STRING COMMENT 'What NULL means in it, or that it is never NULL; NULL if that is not said'
)
COMMENT 'Type, unit and meaning of each column, and of NULL in it'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/columns'
TBLPROPERTIES ('external.table.purge' = 'false');
