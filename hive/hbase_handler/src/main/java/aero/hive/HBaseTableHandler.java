package aero.hive;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.hbase.HBaseStorageHandler;
import org.apache.hadoop.hive.hbase.HiveHBaseTableOutputFormat;
import org.apache.hadoop.hive.metastore.HiveMetaHook;
import org.apache.hadoop.hive.ql.plan.TableDesc;
import org.apache.hadoop.hive.serde2.AbstractSerDe;
import org.apache.hadoop.mapred.InputFormat;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.OutputFormat;

/**
 * `STORED BY 'aero.hive.HBaseTableHandler'`: an HBase table as a Hive 4 table.
 *
 * <p>Hive and Spark make one each time that they look a table up, and most go unused. HBase's settings, whose files
 * take longer to read than the table takes to be looked up, are read when they are needed.
 */
public class HBaseTableHandler extends HBaseStorageHandler {

  private Configuration given;
  private boolean isReady;

  @Override
  public void setConf(Configuration conf) {
    given = conf;
    isReady = false;
  }

  @Override
  public Configuration getConf() {
    ready();
    return super.getConf();
  }

  @Override
  public Configuration getJobConf() {
    ready();
    return super.getJobConf();
  }

  @Override
  public HiveMetaHook getMetaHook() {
    return (HiveMetaHook) Proxy.newProxyInstance(
        HiveMetaHook.class.getClassLoader(),
        new Class<?>[] {HiveMetaHook.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("postGetTable")) {
            return null; // HBase has nothing to add.
          }
          ready();
          try {
            return method.invoke(super.getMetaHook(), arguments);
          } catch (InvocationTargetException fault) {
            throw fault.getCause();
          }
        });
  }

  @Override
  public void configureInputJobProperties(TableDesc table, Map<String, String> properties) {
    ready();
    super.configureInputJobProperties(table, properties);
  }

  @Override
  public void configureOutputJobProperties(TableDesc table, Map<String, String> properties) {
    ready();
    super.configureOutputJobProperties(table, properties);
  }

  @Override
  public void configureTableJobProperties(TableDesc table, Map<String, String> properties) {
    ready();
    super.configureTableJobProperties(table, properties);
  }

  @Override
  public void configureJobConf(TableDesc table, JobConf job) {
    ready();
    super.configureJobConf(table, job);
  }

  @Override
  public Class<? extends AbstractSerDe> getSerDeClass() {
    return HBaseTableSerDe.class;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends InputFormat> getInputFormatClass() {
    return HBaseTableInputFormat.class;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends OutputFormat> getOutputFormatClass() {
    return HiveHBaseTableOutputFormat.class;
  }

  private synchronized void ready() {
    if (!isReady && given != null) {
      super.setConf(given);
      isReady = true;
    }
  }
}
