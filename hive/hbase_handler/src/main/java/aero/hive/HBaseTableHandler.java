package aero.hive;

import org.apache.hadoop.hive.hbase.HBaseStorageHandler;
import org.apache.hadoop.hive.serde2.AbstractSerDe;

/** `STORED BY 'aero.hive.HBaseTableHandler'`: an HBase table as a Hive 4 table. */
public class HBaseTableHandler extends HBaseStorageHandler {

  @Override
  public Class<? extends AbstractSerDe> getSerDeClass() {
    return HBaseTableSerDe.class;
  }
}
