-- Points a partition at the folder of a load: readers see the rows before or the rows after, never a mixture.
-- Parameters: table (with its database), partition (its columns and values, such as year=2013, month=1), location (the
-- folder of the load).
-- Usage: aero sql hive/publish_partition.hql --set table=aero_batch.airline_delays_monthly --set partition=year=2013 --set location=/aero/batch/airline_delays_monthly/year=2013/load=by-hand
ALTER TABLE ${table} ADD IF NOT EXISTS PARTITION (${partition}) LOCATION '${location}';
ALTER TABLE ${table} PARTITION (${partition}) SET LOCATION '${location}';
