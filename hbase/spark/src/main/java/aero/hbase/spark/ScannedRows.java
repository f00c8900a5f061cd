package aero.hbase.spark;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.util.Bytes;

/** Rows as HBase sends them. */
final class ScannedRows implements Rows {

  private final Mapping mapping;
  private final List<String> columns;
  private final ResultScanner scanner;
  private final byte[][] families;
  private final byte[][] qualifiers;

  ScannedRows(Mapping mapping, List<String> columns, ResultScanner scanner) {
    this.mapping = mapping;
    this.columns = columns;
    this.scanner = scanner;
    families = columns.stream().map(one -> Bytes.toBytes(mapping.cells().get(one).family())).toArray(byte[][]::new);
    qualifiers = columns.stream().map(one -> Bytes.toBytes(mapping.cells().get(one).qualifier())).toArray(byte[][]::new);
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public byte[][] next() throws IOException {
    Result row;
    try {
      row = scanner.next();
    } catch (IOException away) {
      throw HBase.away(mapping.table(), away);
    }
    if (row == null) {
      return null;
    }
    byte[][] texts = new byte[1 + qualifiers.length][];
    texts[0] = row.getRow();
    for (int number = 0; number < qualifiers.length; number++) {
      texts[1 + number] = row.getValue(families[number], qualifiers[number]);
    }
    return texts;
  }

  @Override
  public void close() {
    scanner.close();
  }
}
