-- The models of the forecast that were fitted, and how good each was on the last month of its training.
-- Grain: one row a training and model, the newest training last.
-- Parameters: none.
-- Usage: aero sql hive/aero_ml/models/list.hql
SELECT training_id, model_name, is_served, trained_at, first_month, last_month, known_until_at, judged_flights, late_share,
  brier_score, brier_skill, auc, pr_auc, calibration_error, parameters IS NOT NULL AS is_kept
FROM aero_ml.models
ORDER BY training_id, brier_score, model_name;
