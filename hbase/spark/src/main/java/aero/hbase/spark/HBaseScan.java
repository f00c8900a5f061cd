package aero.hbase.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.connector.read.SupportsPushDownV2Filters;
import org.apache.spark.sql.types.StructType;

/** What a question wants of a table: some columns, of a range of keys, or of days. A task a region reads it. */
final class HBaseScan implements SupportsPushDownV2Filters, SupportsPushDownRequiredColumns, Scan, Batch {

  private final Mapping mapping;
  private final List<Predicate> pushed = new ArrayList<>();
  private Keys keys = Keys.ALL;
  private Days days = Days.ALL;
  private StructType columns;

  HBaseScan(Mapping mapping, StructType columns) {
    this.mapping = mapping;
    this.columns = columns;
  }

  @Override
  public Predicate[] pushPredicates(Predicate[] predicates) {
    List<Predicate> rest = new ArrayList<>();
    for (Predicate predicate : predicates) {
      Keys fewer = keys.narrowed(predicate, mapping.key());
      if (fewer == null) {
        days = days.narrowed(predicate, mapping.day());
        rest.add(predicate);
      } else {
        keys = fewer;
        pushed.add(predicate);
      }
    }
    return rest.toArray(Predicate[]::new);
  }

  @Override
  public Predicate[] pushedPredicates() {
    return pushed.toArray(Predicate[]::new);
  }

  @Override
  public void pruneColumns(StructType wanted) {
    columns = wanted;
  }

  @Override
  public Scan build() {
    return this;
  }

  @Override
  public StructType readSchema() {
    return columns;
  }

  @Override
  public String description() {
    String of = ", keys " + keys + (mapping.day() == null ? "" : ", days " + days);
    return "HBase " + mapping.table() + of + ", columns " + String.join(", ", columns.fieldNames());
  }

  @Override
  public Batch toBatch() {
    return this;
  }

  @Override
  public InputPartition[] planInputPartitions() {
    return days.isEmpty() ? new InputPartition[0] : Region.of(mapping.table(), keys, HBase.settings());
  }

  @Override
  public PartitionReaderFactory createReaderFactory() {
    return new RegionReaders(mapping, columns, days, HBase.settings());
  }
}
