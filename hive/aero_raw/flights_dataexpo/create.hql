-- Files of the 2009 ASA Data Expo, one a year from 1987 to 2008: the reporting family's flights in 29 columns.
-- Grain: one row a line of the file. Every column is text, NA or empty where nothing is known; nothing is changed.
-- Columns go by their place in the file. Year and Month are called flight_year and flight_month here, as in the
-- tables of the monthly files. There is no date: it is made of year, month and day.
-- A partition points at the newest version of its year (aero/raw_versions.py); older versions stay beside it.
-- Hive leaves the header line out, Spark does not: read this table with Hive, and the files with Spark.
-- Parameters: none.
-- Usage: aero sql hive/aero_raw/flights_dataexpo/create.hql
CREATE EXTERNAL TABLE IF NOT EXISTS aero_raw.flights_dataexpo (
  flight_year STRING COMMENT 'Year of the flight, 2008',
  flight_month STRING COMMENT 'Month of the flight, 1 to 12',
  dayof_month STRING COMMENT '1 to 31',
  day_of_week STRING COMMENT '1 Monday to 7 Sunday',
  dep_time STRING COMMENT 'Departure from the gate, local hhmm, 2400 is midnight; NA if it did not depart',
  crs_dep_time STRING COMMENT 'Scheduled departure, local hhmm; 0 where there was no schedule (some of 1996-1999)',
  arr_time STRING COMMENT 'Arrival at the gate, local hhmm at the destination, 2400 is midnight; NA if it did not arrive',
  crs_arr_time STRING COMMENT 'Scheduled arrival, local hhmm at the destination',
  unique_carrier STRING COMMENT 'Operating carrier, unique over time (DOT Unique Carrier code)',
  flight_num STRING COMMENT 'Flight number',
  tail_num STRING COMMENT 'Aircraft registration; NA or empty where not known',
  actual_elapsed_time STRING COMMENT 'Minutes gate to gate; NA if cancelled or diverted',
  crs_elapsed_time STRING COMMENT 'Scheduled minutes gate to gate',
  air_time STRING COMMENT 'Minutes wheels off to wheels on; NA before 1995, if cancelled or diverted',
  arr_delay STRING COMMENT 'Arrival delay, minutes, negative when early; NA if cancelled or diverted',
  dep_delay STRING COMMENT 'Departure delay, minutes, negative when early; NA if it did not depart',
  origin STRING COMMENT 'Airport code of the origin, JFK',
  dest STRING COMMENT 'Airport code of the destination, LAX',
  distance STRING COMMENT 'Statute miles between the airports',
  taxi_in STRING COMMENT 'Minutes from wheels on to gate; NA before 1995 or if it did not arrive',
  taxi_out STRING COMMENT 'Minutes from gate to wheels off; NA before 1995 or if it did not take off',
  cancelled STRING COMMENT '1 if cancelled, else 0',
  cancellation_code STRING COMMENT 'A carrier, B weather, C national air system, D security; NA if not cancelled or before about 2003',
  diverted STRING COMMENT '1 if diverted, else 0',
  carrier_delay STRING COMMENT 'Minutes of the arrival delay due to the carrier; NA before 2003-06 or if under 15 minutes late',
  weather_delay STRING COMMENT 'Minutes of the arrival delay due to extreme weather; NA before 2003-06 or if under 15 minutes late',
  nas_delay STRING COMMENT 'Minutes of the arrival delay due to the national air system; NA before 2003-06 or if under 15 minutes late',
  security_delay STRING COMMENT 'Minutes of the arrival delay due to security; NA before 2003-06 or if under 15 minutes late',
  late_aircraft_delay STRING COMMENT 'Minutes of the arrival delay due to the aircraft coming late; NA before 2003-06 or if under 15 minutes late'
)
COMMENT 'BTS on-time files as they came, Data Expo layout'
PARTITIONED BY (year INT COMMENT 'Year of the file')
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
STORED AS TEXTFILE
LOCATION '/aero/raw/flights_dataexpo'
TBLPROPERTIES ('skip.header.line.count' = '1', 'external.table.purge' = 'false');
