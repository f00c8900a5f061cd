-- What people let through: quality gates that refused a month's load, and that somebody overruled (aero accept).
-- Grain: one row a gate and load. Key: load_id, year, month, check_name. Rows: one small tab-separated file an
-- acceptance (aero/ops/acceptances.py), kept for ever.
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/acceptances/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.acceptances (
  accepted_at TIMESTAMP COMMENT 'UTC; when somebody overruled the gate; never NULL',
  table_name STRING COMMENT 'Table of the load, aero_clean.flights; never NULL',
  year INT COMMENT 'Year of the month; never NULL',
  month INT COMMENT '1 to 12; never NULL',
  month_date DATE COMMENT 'First day of the month, for time axes; never NULL',
  load_id STRING COMMENT 'Load that the gate refused. It holds for every load of the same bytes and cleaning version, a rebuild too; never NULL',
  raw_sha256 STRING COMMENT 'SHA-256 of the bytes that it was made of, hexadecimal; never NULL',
  check_name STRING COMMENT 'Gate that was overruled, as in checks.toml beside the table; never NULL',
  message STRING COMMENT 'What the gate said of the load; NULL if nothing',
  accepted_by STRING COMMENT 'Who overruled it, a user of the operating system; never NULL',
  because STRING COMMENT 'Why, in their words; never NULL'
)
COMMENT 'Quality gates that somebody overruled, and why'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/acceptances'
TBLPROPERTIES ('external.table.purge' = 'false');
