-- What was forecast of flights, with what was known a day before each.
-- Grain: one row a scheduled flight of a day that was scored; scored again, the day's rows are others. Key: that of
-- aero_clean.flights. One ORC file a month, sorted by flight_date.
-- Parameters: none.
-- Usage: aero sql hive/aero_ml/delay_forecasts/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_ml.delay_forecasts (
  flight_date DATE COMMENT 'Scheduled local date at the origin',
  airline_id STRING COMMENT 'Operating carrier, aero_clean.airlines.airline_id',
  flight_number STRING COMMENT 'Flight number, no leading zeros',
  origin_id STRING COMMENT 'Airport of departure, aero_clean.airports.airport_id',
  destination_id STRING COMMENT 'Airport of destination, aero_clean.airports.airport_id',
  scheduled_departure_local STRING COMMENT 'HH:MM at the origin, 24:00 is midnight at the end of the day',
  scheduled_departure_at TIMESTAMP COMMENT 'UTC',
  as_of_at TIMESTAMP COMMENT 'UTC: what came after it was not known, 24 hours before scheduled_departure_at, or when it was forecast if that is earlier',
  late_probability DOUBLE COMMENT 'To arrive 15 minutes late or more, 0 to 1',
  baseline_probability DOUBLE COMMENT 'The same by the model airline_hour',
  model_name STRING COMMENT 'Model of late_probability, aero_ml.models.model_name',
  training_id STRING COMMENT 'Training of the model, aero_ml.models.training_id',
  cancelled_probability DOUBLE COMMENT 'To be cancelled, 0 to 1',
  delay_p10_minutes DOUBLE COMMENT 'Arrival delay that one in ten stays below, minutes, negative when early, if it is not cancelled',
  delay_p50_minutes DOUBLE COMMENT 'The same of one in two',
  delay_p90_minutes DOUBLE COMMENT 'The same of nine in ten',
  reasons STRING COMMENT 'Up to five features that moved the odds of late_probability most, in words, the strongest first'
)
COMMENT 'Probability of flights to arrive late, as of a day before'
PARTITIONED BY (year INT COMMENT 'Year of flight_date', month INT COMMENT 'Month of flight_date')
STORED AS ORC
LOCATION '/aero/ml/delay_forecasts'
TBLPROPERTIES ('external.table.purge' = 'false');
