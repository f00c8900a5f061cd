package aero.hbase.spark;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.spark.sql.SparkSession;

/** The one connection to HBase of this process, made when it is first asked: to make one takes longer than a question. */
final class HBase {

  private static Connection connection;

  private HBase() {}

  /** Where HBase is and how long it is waited for, as tasks take it along: `spark.hadoop.hbase.*`, by name. */
  static HashMap<String, String> settings() {
    HashMap<String, String> found = new HashMap<>();
    for (Map.Entry<String, String> one : SparkSession.active().sparkContext().hadoopConfiguration()) {
      if (one.getKey().startsWith("hbase.") || one.getKey().startsWith("zookeeper.")) {
        found.put(one.getKey(), one.getValue());
      }
    }
    return found;
  }

  /** It finds servers that come back by itself, and is open as long as the process runs. */
  static synchronized Connection connection(Map<String, String> settings) throws IOException {
    if (connection == null || connection.isClosed()) {
      Configuration conf = HBaseConfiguration.create();
      settings.forEach(conf::set);
      connection = ConnectionFactory.createConnection(conf);
    }
    return connection;
  }

  /** What to tell somebody whose question HBase did not answer. */
  static IOException away(String table, IOException why) {
    return new IOException("HBase does not answer for " + table + ": aero status hbase. " + why.getMessage(), why);
  }
}
