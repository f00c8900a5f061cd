package aero.doors.spark;

import aero.doors.Person;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.command.ResetCommand;
import org.apache.spark.sql.execution.command.SetCommand;
import org.apache.spark.sql.internal.SQLConf;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** What may be set, and looked at: all else is as the server was started. */
final class Settings {

  private static final Pattern SWITCH = Pattern.compile("(?i)true|false");
  private static final String FILES = "spark.sql.runSQLOnFiles";

  /** The server's own of each session, by which it writes answers. */
  private static final Set<String> SERVERS =
      Set.of(FILES, "spark.sql.datetime.java8API.enabled", "spark.sql.binaryOutputStyle");

  static final Map<String, Pattern> FREE =
      Map.of(
          "spark.sql.shuffle.partitions", Pattern.compile("[1-9]\\d{0,2}"),
          "spark.sql.ansi.enabled", SWITCH,
          "spark.sql.codegen.wholeStage", SWITCH,
          "spark.sql.session.timeZone", Pattern.compile("[\\w/+:-]{1,64}"),
          // beeline sends it; nothing here reads it.
          "hive.server2.thrift.resultset.default.fetch.size", Pattern.compile("\\d{1,9}"));

  private static Map<String, String> started;

  private Settings() {}

  /**
   * That a session has no setting of its own but these, and a view brings none: whoever opens a connection may send
   * some along, which Spark takes without a statement, and a view's properties may be settings for its words.
   */
  static void check(Person person, SparkSession session) {
    Map<String, String> before = started(session);
    check(person, session.sessionState().conf(), before);
    check(person, SQLConf.get(), before);
    // What looks like a file's name is not even looked for.
    session.sessionState().conf().setConfString(FILES, String.valueOf(person.isOperator()));
  }

  private static void check(Person person, SQLConf conf, Map<String, String> before) {
    CollectionConverters.asJava(conf.getAllConfs())
        .forEach(
            (name, value) -> {
              boolean isStarted = value.equals(before.get(name)) || value.equals(System.getProperty(name));
              if (!SERVERS.contains(name) && !isStarted && !isFree(name, value)) {
                throw refused(person, name);
              }
            });
  }

  static void check(Person person, SetCommand set) {
    if (set.kv().isEmpty()) {
      throw Refused.to(person, "see all settings; say SET with the name of one: " + names());
    }
    Tuple2<String, Option<String>> pair = set.kv().get();
    String value = pair._2().isEmpty() ? null : pair._2().get();
    if (value == null ? !FREE.containsKey(pair._1()) : !isFree(pair._1(), value)) {
      throw refused(person, pair._1());
    }
  }

  static void check(Person person, ResetCommand reset) {
    if (reset.config().isEmpty() || !FREE.containsKey(reset.config().get())) {
      throw refused(person, reset.config().isEmpty() ? "everything" : reset.config().get());
    }
  }

  private static boolean isFree(String name, String value) {
    return FREE.containsKey(name) && FREE.get(name).matcher(value).matches();
  }

  private static Refused refused(Person person, String name) {
    String short_ = name.length() > 80 ? name.substring(0, 80) + "…" : name;
    return Refused.to(person, "set " + short_ + " (or not to this value); what may be set: " + names());
  }

  private static String names() {
    return String.join(", ", FREE.keySet().stream().filter(name -> name.startsWith("spark.")).sorted().toList());
  }

  private static synchronized Map<String, String> started(SparkSession session) {
    if (started == null) {
      Map<String, String> found = new HashMap<>();
      for (Tuple2<String, String> pair : session.sparkContext().getConf().getAll()) {
        found.put(pair._1(), pair._2());
      }
      started = found;
    }
    return started;
  }
}
