-- Departures and their delays by the hour in which they left, for each airport and for each airline.
-- Grain: one row a kind, code and hour. Departures of one kind add up to all departures; of both, to twice as many.
-- Parameters: none.
-- Usage: aero sql hive/aero_live/delays_hourly/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.delays_hourly (
  row_key STRING COMMENT 'Kind - code - hour (UTC, yyyymmddHH), airport-JFK-2013071022; never NULL',
  kind STRING COMMENT 'What code is: airport (of the origin) or airline; never NULL',
  code STRING COMMENT 'Airport code or operating carrier; never NULL',
  hour_at TIMESTAMP COMMENT 'UTC; begin of the hour of departure_at; never NULL',
  departures BIGINT COMMENT 'Flights that left the gate in the hour, each once; never NULL',
  on_time_departures BIGINT COMMENT 'Of these 0 minutes late or early; never NULL',
  minor_delays BIGINT COMMENT 'Of these 1 to 15 minutes late; never NULL',
  moderate_delays BIGINT COMMENT 'Of these 16 to 60 minutes late; never NULL',
  major_delays BIGINT COMMENT 'Of these over 60 minutes late; never NULL',
  departure_delay_minutes BIGINT COMMENT 'Sum of their departure delays in minutes, early ones negative; never NULL',
  longest_departure_delay_minutes BIGINT COMMENT 'Longest of them in minutes, negative when all were early; NULL without departures'
)
COMMENT 'Hourly windows of departure delays by airport and airline, over HBase'
STORED BY 'aero.hive.HBaseTableHandler'
WITH SERDEPROPERTIES ('hbase.columns.mapping' = '
  :key,d:kind,d:code,d:hour_at,d:departures,d:on_time_departures,d:minor_delays,d:moderate_delays,
  d:major_delays,d:departure_delay_minutes,d:longest_departure_delay_minutes')
TBLPROPERTIES ('hbase.table.name' = 'aero:delays_hourly', 'external.table.purge' = 'false');
