package aero.hive;

import java.util.Properties;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.hbase.HBaseSerDe;
import org.apache.hadoop.hive.serde2.SerDeException;

/** The SerDe of Hive 3 under the method that Hive 4 calls: the table's and the partition's properties as one. */
public class HBaseTableSerDe extends HBaseSerDe {

  public HBaseTableSerDe() throws SerDeException {
  }

  @Override
  public void initialize(Configuration configuration, Properties table, Properties partition) throws SerDeException {
    Properties merged = new Properties();
    merged.putAll(table);
    if (partition != null) {
      merged.putAll(partition);
    }
    initialize(configuration, merged);
  }
}
