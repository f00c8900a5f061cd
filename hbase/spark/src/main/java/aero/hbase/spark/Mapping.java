package aero.hbase.spark;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.connector.catalog.V1Table;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which cell of HBase each column of a table is: `hbase.columns.mapping`, as Hive's handler reads it, of text alone.
 * `day` is the column by which Days knows keys, the table's property `aero.day.of.key`; null where there is none.
 */
record Mapping(String table, String key, String day, Map<String, Cell> cells) implements Serializable {

  /** A column's cell. */
  record Cell(String family, String qualifier) implements Serializable {}

  private static final Pattern CELL = Pattern.compile("([^:#]+):([^:#]+)");
  private static final List<DataType> TYPES =
      List.of(
          DataTypes.StringType, DataTypes.LongType, DataTypes.IntegerType, DataTypes.DoubleType,
          DataTypes.BooleanType, DataTypes.DateType, DataTypes.TimestampType);

  /** Raises IllegalArgumentException that names a column whose type or mapping is not known here. */
  static Mapping of(V1Table hive) {
    Map<String, String> said = new HashMap<>(CollectionConverters.asJava(hive.catalogTable().properties()));
    said.putAll(CollectionConverters.asJava(hive.catalogTable().storage().properties()));
    String[] places = said.getOrDefault("hbase.columns.mapping", "").strip().split("\\s*,\\s*");
    StructField[] columns = hive.schema().fields();
    if (places.length != columns.length) {
      throw new IllegalArgumentException(
          hive.name() + " has " + columns.length + " columns, and hbase.columns.mapping " + places.length + ".");
    }
    String key = null;
    Map<String, Cell> cells = new HashMap<>();
    for (int number = 0; number < columns.length; number++) {
      String column = columns[number].name();
      Matcher cell = CELL.matcher(places[number]);
      boolean isKey = places[number].equals(":key") && columns[number].dataType().equals(DataTypes.StringType);
      if (!TYPES.contains(columns[number].dataType()) || !(isKey || cell.matches())) {
        throw new IllegalArgumentException(
            "Spark can't read " + hive.name() + "." + column + ", " + columns[number].dataType().sql() + " of "
                + places[number] + ": ask HiveServer2, or map it to text, family:qualifier.");
      }
      if (isKey) {
        key = column;
      } else {
        cells.put(column, new Cell(cell.group(1), cell.group(2)));
      }
    }
    return new Mapping(said.get("hbase.table.name"), key, said.get("aero.day.of.key"), cells);
  }
}
