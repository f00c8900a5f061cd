-- The databases, one a layer.
-- Parameters: none.
-- Usage: aero sql hive/databases.hql
CREATE DATABASE IF NOT EXISTS aero_raw COMMENT 'Files as they came, text columns';
CREATE DATABASE IF NOT EXISTS aero_clean COMMENT 'Master data: typed, checked, in UTC beside local clocks';
CREATE DATABASE IF NOT EXISTS aero_batch COMMENT 'Batch views: aggregates of the master data';
CREATE DATABASE IF NOT EXISTS aero_live COMMENT 'Real-time views: the newest state, over HBase';
CREATE DATABASE IF NOT EXISTS aero_ops COMMENT 'What the platform knows of itself: loads, checks, freshness';
CREATE DATABASE IF NOT EXISTS aero_ml COMMENT 'Forecasts: the models, and what they said of flights';
