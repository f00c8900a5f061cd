package aero.hbase.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
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
  private static final int FEW = 8;

  @Override
  public PartitionReader<InternalRow> createReader(InputPartition partition) {
    Keys keys = ((Region) partition).keys();
    try {
      ResultScanner rows =
          HBase.connection(settings).getTable(TableName.valueOf(mapping.table())).getScanner(scan(keys));
      return new RegionReader(mapping, columns, rows);
    } catch (IOException away) {
      throw new UncheckedIOException(HBase.away(mapping.table(), away));
    }
  }

  private Scan scan(Keys keys) {
    Scan scan = new Scan().withStartRow(keys.first()).withStopRow(keys.end());
    mapping.cells().values().forEach(cell -> scan.addFamily(Bytes.toBytes(cell.family())));
    String[] wanted = Arrays.stream(columns.fieldNames()).filter(mapping.cells()::containsKey).toArray(String[]::new);
    FilterList both = new FilterList(FilterList.Operator.MUST_PASS_ALL);
    Filter ofDays = days.filter();
    if (ofDays != null) {
      both.addFilter(ofDays);
    }
    if (wanted.length <= FEW) {
      // Asked for columns, HBase leaves out the rows that have none of them: with its first cell each row is there.
      FilterList each = new FilterList(FilterList.Operator.MUST_PASS_ONE, new FirstKeyOnlyFilter());
      for (String column : wanted) {
        byte[] qualifier = Bytes.toBytes(mapping.cells().get(column).qualifier());
        each.addFilter(new QualifierFilter(CompareOperator.EQUAL, new BinaryComparator(qualifier)));
      }
      both.addFilter(each);
    }
    return both.size() == 0 ? scan : scan.setFilter(both);
  }
}
