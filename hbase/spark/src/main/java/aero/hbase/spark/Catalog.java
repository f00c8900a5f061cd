package aero.hbase.spark;

import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.DelegatingCatalogExtension;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.V1Table;

/**
 * `spark.sql.catalog.spark_catalog`: Spark's own catalog of the metastore, in which Hive's tables over HBase, `STORED BY
 * 'aero.hive.HBaseTableHandler'`, are read from HBase.
 */
public final class Catalog extends DelegatingCatalogExtension {

  @Override
  public Table loadTable(Identifier name) throws NoSuchTableException {
    Table table = super.loadTable(name);
    return table instanceof V1Table hive && HBaseTable.isOne(hive) ? new HBaseTable(hive) : table;
  }
}
