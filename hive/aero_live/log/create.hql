-- The Live Log: what each micro-batch of the stream did, the newest first.
-- Grain: one row a micro-batch, and one where the stream began the topic anew.
-- Parameters: none.
-- Usage: aero sql hive/aero_live/log/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.log (
  row_key STRING COMMENT 'Query - 9999999999 less the batch; never NULL',
  query STRING COMMENT 'Name of the streaming query; never NULL',
  batch_id BIGINT COMMENT 'Number of the micro-batch, from 0; never NULL',
  started_at TIMESTAMP COMMENT 'UTC; when the batch began; never NULL',
  batch_milliseconds BIGINT COMMENT 'Milliseconds from its begin to this row; never NULL',
  rows_in BIGINT COMMENT 'Records read from flights.live; never NULL',
  rows_processed BIGINT COMMENT 'Of these valid events, sent on to flights.processed; never NULL',
  rows_rejected BIGINT COMMENT 'Of these no events, sent on to flights.rejected; never NULL',
  rows_late BIGINT COMMENT 'Valid events older than watermark_at, a duplicate too; they count nevertheless; never NULL',
  rows_missing BIGINT COMMENT 'Records that Kafka had thrown away before they were read; never NULL',
  flights BIGINT COMMENT 'Flights that the batch told of; never NULL',
  windows BIGINT COMMENT 'Hourly windows that it changed; never NULL',
  kafka_lag BIGINT COMMENT 'Records of flights.live behind the batch at its end; NULL if Kafka did not say',
  watermark_at TIMESTAMP COMMENT 'UTC; ten minutes before the newest event of all batches before; NULL in the first',
  batch_newest_event_at TIMESTAMP COMMENT 'UTC; newest event of the batch; NULL if it had none',
  newest_event_at TIMESTAMP COMMENT 'UTC; newest event of this batch and all before; NULL if there was none',
  positions STRING COMMENT 'Next offset by partition of flights.live, JSON; never NULL',
  note STRING COMMENT 'That the topic was made anew, or that records were gone before the stream started; NULL if nothing is to be said'
)
COMMENT 'One row a micro-batch of the stream, over HBase'
STORED BY 'aero.hive.HBaseTableHandler'
WITH SERDEPROPERTIES ('hbase.columns.mapping' = '
  :key,d:query,d:batch_id,d:started_at,d:batch_milliseconds,d:rows_in,d:rows_processed,d:rows_rejected,
  d:rows_late,d:rows_missing,d:flights,d:windows,d:kafka_lag,d:watermark_at,d:batch_newest_event_at,
  d:newest_event_at,d:positions,d:note')
TBLPROPERTIES ('hbase.table.name' = 'aero:stream_log', 'external.table.purge' = 'false');
