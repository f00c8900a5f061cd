package aero.doors.spark;

import java.util.Properties;

/**
 * System properties that no client sets: Hive's session takes `set:system:NAME` of whoever opens it, and Spark has no
 * setting against it.
 */
final class OwnProperties extends Properties {

  private static final long serialVersionUID = 1;
  private static final String SESSION = "org.apache.hive.service.cli.session.HiveSessionImpl";

  private OwnProperties(Properties before) {
    putAll(before);
  }

  static synchronized void install() {
    if (!(System.getProperties() instanceof OwnProperties)) {
      System.setProperties(new OwnProperties(System.getProperties()));
    }
  }

  @Override
  public synchronized Object setProperty(String name, String value) {
    boolean isClients =
        StackWalker.getInstance().walk(calls -> calls.anyMatch(call -> call.getClassName().equals(SESSION)));
    if (isClients) {
      throw Refused.because("A connection may not set the server's system properties: leave out set:system:" + name + ".");
    }
    return super.setProperty(name, value);
  }
}
