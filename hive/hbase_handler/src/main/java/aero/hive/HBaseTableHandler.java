package aero.hive;

import org.apache.hadoop.hive.hbase.HBaseStorageHandler;
import org.apache.hadoop.hive.serde2.AbstractSerDe;
import org.apache.hadoop.mapred.InputFormat;

/** `STORED BY 'aero.hive.HBaseTableHandler'`: an HBase table as a Hive 4 table. */
public class HBaseTableHandler extends HBaseStorageHandler {

  @Override
  public Class<? extends AbstractSerDe> getSerDeClass() {
    return HBaseTableSerDe.class;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends InputFormat> getInputFormatClass() {
    return HBaseTableInputFormat.class;
  }
}
