-- Which model forecasts the days of which months, since when, and who said so.
-- Grain: one row a promotion; of those of a month the last holds. Rows: one small tab-separated file a promotion
-- (aero/ops/forecasts.py), kept for ever.
-- Parameters: none.
-- Usage: aero sql hive/aero_ml/promotions/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ml.promotions (
  promoted_at TIMESTAMP COMMENT 'UTC; never NULL',
  training_id STRING COMMENT 'aero_ml.models.training_id; never NULL',
  model_name STRING COMMENT 'Model of it that forecasts, aero_ml.models.model_name; never NULL',
  last_month STRING COMMENT 'Last month of flights that it saw, YYYY-MM; never NULL',
  from_month STRING COMMENT 'First month whose days it forecasts, YYYY-MM; never NULL',
  promoted_by STRING COMMENT 'A user of the operating system; never NULL',
  because STRING COMMENT 'Why: the Brier scores of both on the last month, or what somebody said; never NULL'
)
COMMENT 'Models in service of the forecast of delays'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ml/promotions'
TBLPROPERTIES ('external.table.purge' = 'false');
