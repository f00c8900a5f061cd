package aero.doors.spark;

import aero.doors.Person;
import java.lang.reflect.Field;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogWithListener;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.internal.SharedState;
import scala.collection.IterableOps;
import scala.collection.immutable.Seq;

/**
 * The catalog of all sessions, as whoever asks may see it: its lists, which SHOW and the calls of clients such as
 * Superset and beeline show, name only what they may read. A table that they may not read is refused where it is looked
 * up: later Spark would answer a wrong column's name with those that there are.
 */
final class Listed extends ExternalCatalogWithListener {

  private Listed(ExternalCatalogWithListener whole) {
    super(whole.unwrapped());
  }

  /** Take the place of the server's catalog. Sessions that are opened from now on have it. */
  static synchronized void install() throws ReflectiveOperationException {
    SharedState shared = ((SparkSession) SparkSession.getDefaultSession().get()).sharedState();
    if (shared.externalCatalog() instanceof Listed) {
      return;
    }
    Field catalog = SharedState.class.getDeclaredField("externalCatalog");
    catalog.setAccessible(true);
    catalog.set(shared, new Listed(shared.externalCatalog()));
  }

  @Override
  public Seq<String> listDatabases() {
    return seen(super.listDatabases());
  }

  @Override
  public Seq<String> listDatabases(String pattern) {
    return seen(super.listDatabases(pattern));
  }

  @Override
  public Seq<String> listTables(String database) {
    return readable(database, super.listTables(database));
  }

  @Override
  public Seq<String> listTables(String database, String pattern) {
    return readable(database, super.listTables(database, pattern));
  }

  @Override
  public Seq<String> listViews(String database, String pattern) {
    return readable(database, super.listViews(database, pattern));
  }

  @Override
  public CatalogTable getTable(String database, String table) {
    Found.mayRead(Asking.here(), database, table);
    return super.getTable(database, table);
  }

  @Override
  public Seq<CatalogTable> getTablesByName(String database, Seq<String> tables) {
    return super.getTablesByName(database, readable(database, tables));
  }

  private static Seq<String> seen(Seq<String> databases) {
    Person person = Asking.here();
    return only(databases, database -> Found.ROLES.maySee(person, database));
  }

  private static Seq<String> readable(String database, Seq<String> tables) {
    Person person = Asking.here();
    return only(tables, table -> Found.ROLES.mayRead(person, database, table));
  }

  private static Seq<String> only(Seq<String> names, Predicate<String> isShown) {
    return (Seq<String>) ((IterableOps<String, ?, ?>) names).filter(isShown::test);
  }
}
