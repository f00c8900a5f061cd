package aero.doors;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which tables a role may read, and which database is a person's own. The tables stand in aero/datasets.py, and come as
 * the variables AERO_READER_TABLES and AERO_ANALYST_TABLES: names with commas between them, `database.*` for all, and
 * `aero_as_of_*.table` for that table in each database that holds the past for one question.
 */
public final class Roles {

  private static final String PAST = "aero_as_of_";

  private final Map<String, Set<String>> tables;

  public Roles(String readers, String analysts) {
    tables = Map.of("reader", names(readers), "analyst", names(analysts));
  }

  /** The roles of this process' environment. */
  public static Roles ofThisPlatform() {
    return new Roles(System.getenv("AERO_READER_TABLES"), System.getenv("AERO_ANALYST_TABLES"));
  }

  private static Set<String> names(String list) {
    if (list == null || list.isBlank()) {
      throw new IllegalStateException("AERO_READER_TABLES and AERO_ANALYST_TABLES must name the tables of the roles.");
    }
    return new LinkedHashSet<>(Set.of(list.toLowerCase(Locale.ROOT).split(",")));
  }

  /** The database in which an analyst may create and write; others have none. */
  public static String scratch(Person person) {
    return person.role().equals("analyst") ? "scratch_" + person.name().replace('-', '_') : null;
  }

  public boolean mayRead(Person person, String database, String table) {
    String name = listed(database);
    Set<String> readable = tables.getOrDefault(person.role(), Set.of());
    return mayWrite(person, database) || readable.contains(name + ".*") || readable.contains(name + "." + lower(table));
  }

  /** Whether one may know that the database is there: there is a table in it that one may read, or it is `default`. */
  public boolean maySee(Person person, String database) {
    String begin = listed(database) + ".";
    return mayWrite(person, database)
        || begin.equals("default.")
        || tables.getOrDefault(person.role(), Set.of()).stream().anyMatch(name -> name.startsWith(begin));
  }

  public boolean mayWrite(Person person, String database) {
    return person.isOperator() || lower(database).equals(scratch(person));
  }

  /** For the end of a sentence: `the role reader has aero_batch.*, …`. */
  public String has(Person person) {
    String own = scratch(person) == null ? "" : ", and " + scratch(person) + " as their own";
    return "the role " + person.role() + " has " + String.join(", ", sorted(person)) + own;
  }

  private Iterable<String> sorted(Person person) {
    return tables.getOrDefault(person.role(), Set.of("all tables")).stream()
        .filter(name -> !name.startsWith(PAST)).sorted().toList();
  }

  /** A database as the lists name it. */
  private static String listed(String database) {
    String name = lower(database);
    return name.startsWith(PAST) ? PAST + "*" : name;
  }

  private static String lower(String name) {
    return name == null ? "" : name.toLowerCase(Locale.ROOT);
  }
}
