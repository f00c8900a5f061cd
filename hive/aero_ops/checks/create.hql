-- Results of the quality gates: what each check measured of each load, and whether it let it pass.
-- Grain: one row a load and check each time the load was judged. Rows: one small tab-separated file a run that judged
-- something (aero/ops/gates.py), kept for ever: some dozens of files a year.
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/checks/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.checks (
  checked_at TIMESTAMP COMMENT 'UTC; when the load was judged; never NULL',
  table_name STRING COMMENT 'Table judged, aero_clean.flights; never NULL',
  year INT COMMENT 'Year of the month judged; never NULL',
  month INT COMMENT '1 to 12; never NULL',
  load_id STRING COMMENT 'Load judged; never NULL',
  check_name STRING COMMENT 'Name of the check, as in checks.toml beside the table; never NULL',
  what STRING COMMENT 'What should be so; never NULL',
  severity STRING COMMENT 'fail (a gate: it stops the publication) or warn: the worst that it can say; never NULL',
  outcome STRING COMMENT 'passed, warned, failed, accepted (it failed, and somebody overruled it: aero_ops.acceptances), or skipped where it cannot tell (another era, nothing to compare with); never NULL',
  value DOUBLE COMMENT 'What was measured, most often a share 0 to 1; NULL if skipped',
  lowest DOUBLE COMMENT 'Least value that passes; NULL if there is none',
  highest DOUBLE COMMENT 'Greatest value that passes; NULL if there is none',
  message STRING COMMENT 'What is wrong or why it was skipped, for a person; NULL if passed'
)
COMMENT 'Results of the quality gates, of every run'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/checks'
TBLPROPERTIES ('external.table.purge' = 'false');
