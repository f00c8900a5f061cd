package aero.hive;

import org.apache.hadoop.hive.ql.metadata.DefaultStorageHandler;

/** The name of Hive 4's handler for the Hive of Spark's own, which looks only whether there is such a class. */
public class HBaseTableHandler extends DefaultStorageHandler {}
