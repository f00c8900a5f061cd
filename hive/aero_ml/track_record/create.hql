-- How good the forecast of each day was, beside the baseline, and whether it has drifted.
-- Grain: one row a day that was forecast and of which flights have arrived. Key: flight_date. Rows: one small
-- tab-separated file a month that is replaced whole (aero/ops/track.py).
-- Parameters: none.
-- Usage: aero sql hive/aero_ml/track_record/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ml.track_record (
  flight_date DATE COMMENT 'Scheduled local date at the origin; never NULL',
  model_name STRING COMMENT 'Model that forecast the day, aero_ml.models.model_name; never NULL',
  training_id STRING COMMENT 'Its training; never NULL',
  arrived_flights BIGINT COMMENT 'Flights of the day that arrived; never NULL',
  late_flights BIGINT COMMENT 'Flights among them that were 15 minutes late or more; never NULL',
  expected_late_flights DOUBLE COMMENT 'Sum of their probabilities; never NULL',
  squared_error DOUBLE COMMENT 'Sum of (probability less outcome)², the Brier score by arrived_flights; never NULL',
  baseline_squared_error DOUBLE COMMENT 'The same of airline_hour; never NULL',
  is_drifting BOOLEAN COMMENT 'Whether the seven days up to this one are beyond what aero/ops/track.py bears; never NULL',
  judged_at TIMESTAMP COMMENT 'UTC; when this was found; never NULL'
)
COMMENT 'Forecasts of delays judged by what came'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ml/track_record'
TBLPROPERTIES ('external.table.purge' = 'false');
