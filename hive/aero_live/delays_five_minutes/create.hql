-- Departures and their delays by airport and the five minutes in which they left; the last twelve are the sliding hour:
--   SELECT airport_id, SUM(departures) FROM aero_live.delays_five_minutes
--   WHERE slot_at > (SELECT MAX(slot_at) - INTERVAL 1 HOUR FROM aero_live.delays_five_minutes) GROUP BY airport_id
-- Grain: one row an airport and five minutes with a departure; for a day of the clock after it was last written.
-- Parameters: none.
-- Usage: aero sql hive/aero_live/delays_five_minutes/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.delays_five_minutes (
  row_key STRING COMMENT 'Airport - begin of the five minutes (UTC, yyyymmddHHMM), JFK-201307102235; never NULL',
  airport_id STRING COMMENT 'Airport of the origin, aero_clean.airports.airport_id; never NULL',
  slot_at TIMESTAMP COMMENT 'UTC; begin of the five minutes of departure_at; never NULL',
  departures BIGINT COMMENT 'Flights that left the gate in them, each once; never NULL',
  on_time_departures BIGINT COMMENT 'Of these 0 minutes late or early; never NULL',
  minor_delays BIGINT COMMENT 'Of these 1 to 15 minutes late; never NULL',
  moderate_delays BIGINT COMMENT 'Of these 16 to 60 minutes late; never NULL',
  major_delays BIGINT COMMENT 'Of these over 60 minutes late; never NULL',
  departure_delay_minutes BIGINT COMMENT 'Sum of their departure delays in minutes, early ones negative; never NULL',
  longest_departure_delay_minutes BIGINT COMMENT 'Longest of them in minutes, negative when all were early; NULL without departures'
)
COMMENT 'Departure delays by airport and five minutes, over HBase'
STORED BY 'aero.hive.HBaseTableHandler'
WITH SERDEPROPERTIES ('hbase.columns.mapping' = '
  :key,d:airport_id,d:slot_at,d:departures,d:on_time_departures,d:minor_delays,d:moderate_delays,
  d:major_delays,d:departure_delay_minutes,d:longest_departure_delay_minutes')
TBLPROPERTIES ('hbase.table.name' = 'aero:delays_five_minutes', 'external.table.purge' = 'false');
