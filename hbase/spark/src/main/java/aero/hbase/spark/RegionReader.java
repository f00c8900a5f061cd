package aero.hbase.spark;

import java.io.IOException;
import java.time.ZoneOffset;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A region's rows, in the order of their keys. A column is NULL where the row has no such cell, and where its text is
 * no value of the column's type, as in Hive. A TIMESTAMP's text is UTC.
 */
final class RegionReader implements PartitionReader<InternalRow> {

  private final ResultScanner rows;
  private final DataType[] types;
  /** Of each column family and qualifier; null for the row key. */
  private final byte[][] families;
  private final byte[][] qualifiers;
  private final String table;
  private Result row;

  RegionReader(Mapping mapping, StructType columns, ResultScanner rows) {
    this.table = mapping.table();
    this.rows = rows;
    StructField[] fields = columns.fields();
    types = new DataType[fields.length];
    families = new byte[fields.length][];
    qualifiers = new byte[fields.length][];
    for (int number = 0; number < fields.length; number++) {
      types[number] = fields[number].dataType();
      Mapping.Cell cell = mapping.cells().get(fields[number].name());
      families[number] = cell == null ? null : Bytes.toBytes(cell.family());
      qualifiers[number] = cell == null ? null : Bytes.toBytes(cell.qualifier());
    }
  }

  @Override
  public boolean next() throws IOException {
    try {
      row = rows.next();
    } catch (IOException away) {
      throw HBase.away(table, away);
    }
    return row != null;
  }

  @Override
  public InternalRow get() {
    Object[] values = new Object[types.length];
    for (int number = 0; number < types.length; number++) {
      byte[] text = families[number] == null ? row.getRow() : row.getValue(families[number], qualifiers[number]);
      values[number] = text == null ? null : value(UTF8String.fromBytes(text), types[number]);
    }
    return new GenericInternalRow(values);
  }

  static Object value(UTF8String text, DataType type) {
    if (type instanceof LongType) {
      UTF8String.LongWrapper number = new UTF8String.LongWrapper();
      return text.toLong(number) ? number.value : null;
    } else if (type instanceof IntegerType) {
      UTF8String.IntWrapper number = new UTF8String.IntWrapper();
      return text.toInt(number) ? number.value : null;
    } else if (type instanceof DoubleType) {
      try {
        return Double.valueOf(text.toString());
      } catch (NumberFormatException notOne) {
        return null;
      }
    } else if (type instanceof DateType) {
      return DateTimeUtils.stringToDate(text).getOrElse(() -> null);
    } else if (type instanceof TimestampType) {
      return DateTimeUtils.stringToTimestamp(text, ZoneOffset.UTC).getOrElse(() -> null);
    } else if (type instanceof BooleanType) {
      String word = text.toString();
      return word.equalsIgnoreCase("true") ? Boolean.TRUE : word.equalsIgnoreCase("false") ? Boolean.FALSE : null;
    }
    return text;
  }

  @Override
  public void close() {
    rows.close();
  }
}
