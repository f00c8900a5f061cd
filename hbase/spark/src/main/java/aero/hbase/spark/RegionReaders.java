package aero.hbase.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.filter.BinaryComparator;
import org.apache.hadoop.hbase.filter.Filter;
import org.apache.hadoop.hbase.filter.FilterList;
import org.apache.hadoop.hbase.filter.FirstKeyOnlyFilter;
import org.apache.hadoop.hbase.filter.QualifierFilter;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.types.StructType;

/** Begins to read a region's rows, some columns of each. HBase sends them in pieces of 2 MB. */
record RegionReaders(Mapping mapping, StructType columns, Days days, HashMap<String, String> settings)
    implements PartitionReaderFactory {

  /** For more columns than these, the server looks at each cell longer than it takes to send it. */
  static final int FEW = 8;

  @Override
  public PartitionReader<InternalRow> createReader(InputPartition partition) {
    Keys keys = ((Region) partition).keys();
    Set<String> wanted = new HashSet<>(List.of(columns.fieldNames()));
    wanted.retainAll(mapping.cells().keySet());
    SharedRows.Part part = SharedRows.Part.of(mapping, keys, days);
    Filter ofDays = days.filter();
    try {
      return new RegionReader(
          columns,
          ofDays == null
              ? read(keys, null, wanted)
              : SharedRows.of(part, wanted, more -> read(keys, ofDays, more)));
    } catch (IOException away) {
      throw new UncheckedIOException(away);
    }
  }

  private Rows read(Keys keys, Filter ofDays, Set<String> wanted) throws IOException {
    Scan scan = new Scan().withStartRow(keys.first()).withStopRow(keys.end());
    mapping.cells().values().forEach(cell -> scan.addFamily(Bytes.toBytes(cell.family())));
    FilterList both = new FilterList(FilterList.Operator.MUST_PASS_ALL);
    if (ofDays != null) {
      both.addFilter(ofDays);
    }
    if (wanted.size() <= FEW) {
      // Asked for columns, HBase leaves out the rows that have none of them: with its first cell each row is there.
      FilterList each = new FilterList(FilterList.Operator.MUST_PASS_ONE, new FirstKeyOnlyFilter());
      for (String column : wanted) {
        byte[] qualifier = Bytes.toBytes(mapping.cells().get(column).qualifier());
        each.addFilter(new QualifierFilter(CompareOperator.EQUAL, new BinaryComparator(qualifier)));
      }
      both.addFilter(each);
    }
    if (both.size() > 0) {
      scan.setFilter(both);
    }
    try {
      Table table = HBase.connection(settings).getTable(TableName.valueOf(mapping.table()));
      return new ScannedRows(mapping, wanted, table.getScanner(scan));
    } catch (IOException away) {
      throw HBase.away(mapping.table(), away);
    }
  }
}
