package aero.hbase.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.Statistics;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.connector.read.SupportsPushDownV2Filters;
import org.apache.spark.sql.connector.read.SupportsReportStatistics;
import org.apache.spark.sql.types.StructType;

/** What a question wants of a table: some columns, of a range of keys, or of days. A task a region reads it. */
final class HBaseScan
    implements SupportsPushDownV2Filters, SupportsPushDownRequiredColumns, SupportsReportStatistics, Batch {

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

  /** The columns' part of the table; how many of its rows are asked for is not known before they are read. */
  @Override
  public Statistics estimateStatistics() {
    int all = 1 + mapping.cells().size();
    long bytes = TableSize.of(mapping.table(), HBase.settings()) * Math.max(1, columns.size()) / all;
    return new Statistics() {
      @Override
      public OptionalLong sizeInBytes() {
        return OptionalLong.of(bytes);
      }

      @Override
      public OptionalLong numRows() {
        return OptionalLong.empty();
      }
    };
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
