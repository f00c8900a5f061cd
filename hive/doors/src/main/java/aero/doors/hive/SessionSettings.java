package aero.doors.hive;

import aero.doors.Person;
import java.util.regex.Pattern;

/** What a person may set for their own questions. All else could lead out of the session: classes, paths, the server. */
final class SessionSettings {

  /** A regular expression, as HiveConf takes it too. */
  static final String SETTABLE =
      "hive\\.(auto\\.convert\\.[a-z.]+|cbo\\.enable|exec\\.(dynamic\\.partition(\\.mode)?|max\\.dynamic\\.partitions"
          + "(\\.pernode)?|parallel|reducers\\.(bytes\\.per\\.reducer|max))|fetch\\.task\\.conversion(\\.threshold)?"
          + "|groupby\\.[a-z.]+|local\\.time\\.zone|map\\.aggr[a-z.]*|mapjoin\\.[a-z.]+|merge\\.[a-z.]+"
          + "|optimize\\.(?!cte\\.)[a-z.]+|orderby\\.position\\.alias|resultset\\.use\\.unique\\.column\\.names"
          + "|server2\\.thrift\\.resultset\\.default\\.fetch\\.size|support\\.quoted\\.identifiers"
          + "|vectorized\\.execution\\.[a-z.]+)|mapred\\.reduce\\.tasks|mapreduce\\.job\\.reduces"
          + "|tez\\.grouping\\.(split-count|min-size|max-size)";

  private static final Pattern NAME = Pattern.compile(SETTABLE);
  // No ${…}, which Hadoop would replace by the server's variables.
  private static final Pattern VALUE = Pattern.compile("[\\w./:+-]{0,64}");
  private static final Pattern VARIABLE = Pattern.compile("(?!(?i)mode$)[A-Za-z_]\\w{0,63}");

  private SessionSettings() {}

  /** What a client sends when it connects: `use:database`, `set:hiveconf:name`, `set:hivevar:name` or a plain name. */
  static void checkOpening(Person person, String key, String value) throws Door.Refused {
    if (!key.startsWith("use:")) {
      check(key.startsWith("set:") ? key.substring(4) : key, value);
    } else if (!Door.ROLES.maySee(person, value)) {
      throw new Door.Refused(person.name() + " may not use " + value + ": " + Door.ROLES.has(person) + ".");
    }
  }

  /** What follows SET in a statement: `name=value`, or a name alone, whose value is then shown. */
  static void checkStatement(String rest) throws Door.Refused {
    int equals = rest.indexOf('=');
    check(equals < 0 ? rest : rest.substring(0, equals).trim(), equals < 0 ? "" : rest.substring(equals + 1).trim());
  }

  /** Raises Refused where the name is not one to set or to see, or the value is no plain word. */
  static void check(String name, String value) throws Door.Refused {
    if (name.startsWith("hivevar:")) {
      // HPL/SQL, which the variable `mode` begins, has commands of the shell.
      if (!VARIABLE.matcher(name.substring(8)).matches()) {
        throw new Door.Refused("Nobody may set the variable " + name + ": its name must be one word, and not mode.");
      }
      return;
    }
    String plain = name.startsWith("hiveconf:") ? name.substring(9) : name;
    if (!NAME.matcher(plain).matches()) {
      String what = plain.isEmpty() || plain.equals("-v") ? "all settings" : plain;
      throw new Door.Refused("Nobody may see or set " + what + " through HiveServer2, only settings of one's own"
          + " question such as hive.exec.reducers.max, and variables (set hivevar:NAME=…).");
    }
    if (!VALUE.matcher(value).matches()) {
      throw new Door.Refused("Nobody may set " + plain + " to this: its value must be one plain word or number.");
    }
  }
}
