package aero.hbase.spark;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.util.Bytes;

/**
 * Rows as HBase sends them. Cells come in the order of their families and qualifiers, and so are these columns: both are
 * gone through once. To ask a row for each of them (`Result.getValue`) searches it anew each time.
 */
final class ScannedRows implements Rows {

  private final String table;
  private final List<String> columns;
  private final byte[][] families;
  private final byte[][] qualifiers;
  private final boolean isOneFamily;
  private final ResultScanner scanner;

  ScannedRows(Mapping mapping, Collection<String> columns, ResultScanner scanner) {
    table = mapping.table();
    Comparator<String> byFamily = Comparator.comparing(one -> bytes(mapping.cells().get(one).family()), Bytes::compareTo);
    Comparator<String> byCell =
        byFamily.thenComparing(one -> bytes(mapping.cells().get(one).qualifier()), Bytes::compareTo);
    this.columns = columns.stream().sorted(byCell).toList();
    families = this.columns.stream().map(one -> bytes(mapping.cells().get(one).family())).toArray(byte[][]::new);
    qualifiers = this.columns.stream().map(one -> bytes(mapping.cells().get(one).qualifier())).toArray(byte[][]::new);
    isOneFamily = mapping.cells().values().stream().map(Mapping.Cell::family).distinct().count() == 1;
    this.scanner = scanner;
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
      throw HBase.away(table, away);
    }
    return row == null ? null : texts(row);
  }

  private byte[][] texts(Result row) {
    byte[][] texts = new byte[1 + qualifiers.length][];
    texts[0] = row.getRow();
    Cell[] cells = row.rawCells();
    for (int at = 0, number = 0; at < cells.length && number < qualifiers.length; ) {
      int compared = compared(cells[at], number);
      if (compared == 0) {
        texts[1 + number] = CellUtil.cloneValue(cells[at]);
      }
      at += compared < 0 ? 1 : 0; // Two columns may be of one cell.
      number += compared >= 0 ? 1 : 0;
    }
    return texts;
  }

  /** How a cell's place is to that of a column: before it, the same, or behind it. */
  private int compared(Cell cell, int number) {
    byte[] family = families[number];
    int byFamily =
        isOneFamily
            ? 0
            : Bytes.compareTo(
                cell.getFamilyArray(), cell.getFamilyOffset(), cell.getFamilyLength(), family, 0, family.length);
    byte[] name = qualifiers[number];
    return byFamily != 0
        ? byFamily
        : Bytes.compareTo(
            cell.getQualifierArray(), cell.getQualifierOffset(), cell.getQualifierLength(), name, 0, name.length);
  }

  private static byte[] bytes(String text) {
    return Bytes.toBytes(text);
  }

  @Override
  public void close() {
    scanner.close();
  }
}
