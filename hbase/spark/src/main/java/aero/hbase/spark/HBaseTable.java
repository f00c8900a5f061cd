package aero.hbase.spark;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.V1Table;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.jdk.javaapi.CollectionConverters;

/** A table of Hive's over HBase, to be read: its columns are the metastore's, each a cell as its mapping says. */
public final class HBaseTable implements SupportsRead {

  private static final String HANDLER = "aero.hive.HBaseTableHandler";

  private final V1Table hive;
  private final Mapping mapping;

  HBaseTable(V1Table hive) {
    this.hive = hive;
    this.mapping = Mapping.of(hive);
  }

  static boolean isOne(V1Table hive) {
    // Scala's own get is ambiguous to Eclipse's compiler.
    return HANDLER.equals(CollectionConverters.asJava(hive.catalogTable().properties()).get("storage_handler"));
  }

  @Override
  public String name() {
    return hive.name();
  }

  @Override
  public Column[] columns() {
    return hive.columns();
  }

  @Override
  public Map<String, String> properties() {
    return hive.properties();
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return new HBaseScan(mapping, hive.schema());
  }
}
