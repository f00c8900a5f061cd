-- All that the Live Log says of the stream: batches, and events in, out and missing.
-- Grain: one row.
-- Parameters: none.
-- Usage: aero sql bench/chaos/live_log.hql
SELECT
  COUNT(*) AS batches,
  MAX(batch_id) AS last_batch,
  SUM(rows_in) AS rows_in,
  SUM(rows_processed + rows_rejected) AS rows_out,
  SUM(rows_missing) AS missing
FROM aero_live.log;
