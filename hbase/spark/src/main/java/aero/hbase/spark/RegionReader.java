package aero.hbase.spark;

import java.io.IOException;
import java.time.ZoneOffset;
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

  private final Rows rows;
  private final DataType[] types;
  /** Where in a row the text of each column is. */
  private final int[] places;
  private byte[][] row;

  RegionReader(StructType columns, Rows rows) {
    this.rows = rows;
    StructField[] fields = columns.fields();
    types = new DataType[fields.length];
    places = new int[fields.length];
    for (int number = 0; number < fields.length; number++) {
      types[number] = fields[number].dataType();
      places[number] = 1 + rows.columns().indexOf(fields[number].name()); // The row key is no cell, and comes first.
    }
  }

  @Override
  public boolean next() throws IOException {
    row = rows.next();
    return row != null;
  }

  @Override
  public InternalRow get() {
    Object[] values = new Object[types.length];
    for (int number = 0; number < types.length; number++) {
      byte[] text = row[places[number]];
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
  public void close() throws IOException {
    rows.close();
  }
}
