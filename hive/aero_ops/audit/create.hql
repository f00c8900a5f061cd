-- Who asked what: each sign-in, statement and change at a door of the platform, allowed or not (docs/security.md).
-- Grain: one row a thing asked. Rows: small tab-separated files, one a door, day and stretch of its log
-- (aero/ops/audit_table.py), newest within a minute, kept for 90 days (AERO_AUDIT_DAYS).
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/audit/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.audit (
  asked_at TIMESTAMP COMMENT 'UTC, to the millisecond; never NULL',
  door STRING COMMENT 'hiveserver2, spark, superset, webhdfs, yarn, hbase, spark-history, luigid, kafka or cli; never NULL',
  who STRING COMMENT 'Name that was given, proven or not; never NULL',
  address STRING COMMENT 'Where it came from; NULL if from this machine without an address',
  what STRING COMMENT 'Statement, page or change asked for, cut at 2,000 characters; never NULL',
  outcome STRING COMMENT 'allowed, refused, failed (allowed, and ended with an error), signed in or not signed in; never NULL',
  why STRING COMMENT 'Why it was refused or failed; NULL if it was not'
)
COMMENT 'Who asked what at which door, and what came of it'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/audit'
TBLPROPERTIES ('external.table.purge' = 'false');
