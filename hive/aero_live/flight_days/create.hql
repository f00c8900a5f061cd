-- The days of the live flights: which there are, without reading the flights.
-- Grain: one row a day that flights of aero_live.flight_state are of.
-- Parameters: none.
-- Usage: aero sql hive/aero_live/flight_days/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.flight_days (
  row_key STRING COMMENT 'The day as text, 2013-07-10; never NULL',
  flight_date DATE COMMENT 'Scheduled local date of the flights at their origins; never NULL'
)
COMMENT 'Days of the live flights, over HBase'
STORED BY 'aero.hive.HBaseTableHandler'
WITH SERDEPROPERTIES ('hbase.columns.mapping' = '
  :key,d:flight_date')
TBLPROPERTIES ('hbase.table.name' = 'aero:flight_days', 'external.table.purge' = 'false');
