package aero.hbase.spark;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.filter.FuzzyRowFilter;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.Pair;
import org.apache.spark.sql.connector.expressions.Cast;
import org.apache.spark.sql.connector.expressions.Expression;
import org.apache.spark.sql.connector.expressions.Literal;
import org.apache.spark.sql.connector.expressions.NamedReference;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The days that a question is about, both ends with it, and where the keys of their flights are: behind an airport's
 * code of three or four characters a key has when the flight was to leave, `JFK-201307102230`, in UTC. A day of any time
 * zone begins 14 hours before that of UTC at the earliest, and ends 12 hours after it at the latest; aero/live/event.py
 * refuses flights whose day is no such one, and other codes.
 */
record Days(LocalDate first, LocalDate last) implements Serializable {

  static final Days ALL = new Days(LocalDate.EPOCH.withYear(1), LocalDate.EPOCH.withYear(9998));

  private static final DateTimeFormatter IN_KEY = DateTimeFormatter.BASIC_ISO_DATE;
  /** The hours of the day before and of the day after which are of a day somewhere; `?` is any digit. */
  private static final List<String> BEFORE = List.of("1?", "2?");
  private static final List<String> AFTER = List.of("0?", "10", "11");
  private static final List<String> CODES = List.of("???-", "????-");
  /** Of more days, what lies between them is hardly worth to be passed over. */
  private static final int MOST = 32;

  /** Of these only the days of which `predicate` may be true; these where it is not about the column `day`. */
  Days narrowed(Predicate predicate, String day) {
    Expression[] sides = predicate.children();
    if (sides.length < 2 || !isOf(sides[0], day)) {
      return this;
    }
    List<LocalDate> said = Arrays.stream(sides).skip(1).map(Days::date).toList();
    if (said.contains(null)) {
      return this;
    }
    LocalDate lowest = said.stream().min(LocalDate::compareTo).orElseThrow();
    LocalDate highest = said.stream().max(LocalDate::compareTo).orElseThrow();
    return switch (predicate.name()) {
      case "=", "IN" -> and(lowest, highest);
      case ">" -> and(lowest.plusDays(1), last);
      case ">=" -> and(lowest, last);
      case "<" -> and(first, highest.minusDays(1));
      case "<=" -> and(first, highest);
      default -> this;
    };
  }

  /** Whether no day is in them. */
  boolean isEmpty() {
    return first.isAfter(last);
  }

  /** What passes over the keys of other days; null where they are too many for that. */
  FuzzyRowFilter filter() {
    if (!first.plusDays(MOST).isAfter(last)) {
      return null;
    }
    List<String> times = new ArrayList<>(first.datesUntil(last.plusDays(1)).map(IN_KEY::format).toList());
    BEFORE.forEach(hour -> times.add(IN_KEY.format(first.minusDays(1)) + hour));
    AFTER.forEach(hour -> times.add(IN_KEY.format(last.plusDays(1)) + hour));
    List<Pair<byte[], byte[]>> keys = new ArrayList<>();
    CODES.forEach(code -> times.forEach(time -> keys.add(pattern(code + time))));
    return new FuzzyRowFilter(keys);
  }

  @Override
  public String toString() {
    return equals(ALL) ? "all" : first + " to " + last;
  }

  private Days and(LocalDate from, LocalDate until) {
    return new Days(from.isAfter(first) ? from : first, until.isBefore(last) ? until : last);
  }

  /** Whether it is the column, or its text. */
  private static boolean isOf(Expression side, String day) {
    Expression column = side instanceof Cast cast && cast.dataType() instanceof StringType ? cast.expression() : side;
    return column instanceof NamedReference name && Arrays.equals(name.fieldNames(), new String[] {day});
  }

  /** The date of a literal, a DATE or its whole text; null where it is none. */
  private static LocalDate date(Expression side) {
    if (!(side instanceof Literal<?> literal)) {
      return null;
    }
    if (literal.dataType() instanceof DateType && literal.value() instanceof Integer day) {
      return LocalDate.ofEpochDay(day);
    }
    boolean isDate = literal.value() instanceof UTF8String text && text.toString().matches("\\d{4}-\\d\\d-\\d\\d");
    try {
      return isDate ? LocalDate.parse(literal.value().toString()) : null;
    } catch (java.time.DateTimeException noDay) {
      return null;
    }
  }

  /** A pattern of the first characters of a key, as HBase wants it: its text, and 1 where any byte may stand. */
  private static Pair<byte[], byte[]> pattern(String text) {
    byte[] any = new byte[text.length()];
    for (int at = 0; at < any.length; at++) {
      any[at] = (byte) (text.charAt(at) == '?' ? 1 : 0);
    }
    return new Pair<>(Bytes.toBytes(text), any);
  }
}
