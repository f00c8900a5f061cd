package aero.hbase.spark;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.sql.connector.expressions.Expression;
import org.apache.spark.sql.connector.expressions.Literal;
import org.apache.spark.sql.connector.expressions.NamedReference;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** A range of row keys, from `first` until before `end`; empty bytes are no limit, as in HBase. */
record Keys(byte[] first, byte[] end) implements Serializable {

  static final Keys ALL = new Keys(new byte[0], new byte[0]);

  /** Of these only the keys of which `predicate` is true; null where it is not about the column `key` alone. */
  Keys narrowed(Predicate predicate, String key) {
    Expression[] sides = predicate.children();
    if (sides.length == 0
        || !(sides[0] instanceof NamedReference column)
        || !Arrays.equals(column.fieldNames(), new String[] {key})) {
      return null;
    }
    if (predicate.name().equals("IS_NOT_NULL")) {
      return this;
    }
    if (sides.length != 2
        || !(sides[1] instanceof Literal<?> literal)
        || !(literal.value() instanceof UTF8String text)
        || !literal.dataType().equals(DataTypes.StringType)) {
      return null;
    }
    byte[] value = text.getBytes();
    return switch (predicate.name()) {
      case "=" -> and(new Keys(value, after(value)));
      case ">" -> and(new Keys(after(value), ALL.end));
      case ">=" -> and(new Keys(value, ALL.end));
      case "<" -> value.length == 0 ? NONE : and(new Keys(ALL.first, value));
      case "<=" -> and(new Keys(ALL.first, after(value)));
      case "STARTS_WITH" -> and(new Keys(value, afterAllWith(value)));
      default -> null;
    };
  }

  /** The keys of both. */
  Keys and(Keys other) {
    byte[] later = Arrays.compareUnsigned(first, other.first) >= 0 ? first : other.first;
    boolean isOwn = other.end.length == 0 || (end.length > 0 && Arrays.compareUnsigned(end, other.end) <= 0);
    return new Keys(later, isOwn ? end : other.end);
  }

  boolean isEmpty() {
    return end.length > 0 && Arrays.compareUnsigned(first, end) >= 0;
  }

  @Override
  public String toString() {
    return "[" + new String(first, StandardCharsets.UTF_8) + ", " + new String(end, StandardCharsets.UTF_8) + ")";
  }

  /** No key is before the first. */
  private static final Keys NONE = new Keys(new byte[] {0}, new byte[] {0});

  private static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  private static byte[] afterAllWith(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    byte[] next = Arrays.copyOf(prefix, length);
    if (length > 0) {
      next[length - 1]++;
    }
    return next;
  }
}
