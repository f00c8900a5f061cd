-- What the services and the machine needed and did, every five minutes: memory, heap, disk, HDFS, YARN, HBase, Kafka.
-- Grain: one row an instant, part and figure. Rows: one tab-separated file a day, replaced with each sample
-- (aero/ops/machine_samples.py), kept for 30 days. What a server that is away would tell is no row.
-- Parameters: none.
-- Usage: aero sql hive/aero_ops/machine_samples/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ops.machine_samples (
  sampled_at TIMESTAMP COMMENT 'UTC; when the sample was taken, the same for all of its rows; never NULL',
  part STRING COMMENT 'Service, or the state that the figure counts (used and free, total and given), or machine; never NULL',
  figure STRING COMMENT 'Name of the series that aero metrics prints, without aero_, its unit in it; a name in _total counts since the service was started; never NULL',
  value DOUBLE COMMENT 'What was measured, in the unit of the figure; never NULL'
)
COMMENT 'Memory, disk and load of the services and the machine'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'
STORED AS TEXTFILE
LOCATION '/aero/ops/machine_samples'
TBLPROPERTIES ('external.table.purge' = 'false');
