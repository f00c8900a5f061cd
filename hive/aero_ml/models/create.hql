-- Models of the forecast of delays, as they were fitted and judged.
-- Grain: one row a training and model. Key: training_id, model_name. One ORC file a training, kept for ever.
-- Parameters: none.
-- Usage: aero sql hive/aero_ml/models/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ml.models (
  training_id STRING COMMENT 'Run that fitted the models; never NULL',
  model_name STRING COMMENT 'prior, airline_hour, logistic, logistic_isotonic, trees or trees_isotonic, of delays; cancelled; never NULL',
  is_served BOOLEAN COMMENT 'Whether it was the simplest within one standard error of the least Brier score, in its last month and those of trainings before; aero_ml.promotions says what forecasts; never NULL',
  trained_at TIMESTAMP COMMENT 'UTC; never NULL',
  first_month STRING COMMENT 'First month of flights that were read, YYYY-MM; never NULL',
  last_month STRING COMMENT 'Last month of flights that were read, YYYY-MM: the model was judged on it by others fitted to those before, and then fitted to it too; never NULL',
  known_until_at TIMESTAMP COMMENT 'UTC; no outcome that was known later was seen: what was due before is not forecast; never NULL',
  judged_flights BIGINT COMMENT 'Flights of the last month that arrived, of cancelled those too that were cancelled; of a long history a sample; never NULL',
  late_share DOUBLE COMMENT 'Share of these that were 15 minutes late or more, of cancelled that were cancelled, 0 to 1; never NULL',
  brier_score DOUBLE COMMENT 'Mean square of probability less outcome there, 0 is best; never NULL',
  brier_skill DOUBLE COMMENT 'Part by which it is below that of airline_hour, of cancelled that of the share cancelled; never NULL',
  auc DOUBLE COMMENT 'Area under the ROC curve there, 0.5 is chance; never NULL',
  pr_auc DOUBLE COMMENT 'Average precision there; never NULL',
  calibration_error DOUBLE COMMENT 'Expected calibration error over ten bins there, 0 is best; never NULL',
  parameters STRING COMMENT 'The fitted model as JSON, as jobs/forecast_models.py reads it; NULL of models that are not served and no baseline'
)
COMMENT 'Models of the forecast of delays'
STORED AS ORC
LOCATION '/aero/ml/models'
TBLPROPERTIES ('external.table.purge' = 'false');
