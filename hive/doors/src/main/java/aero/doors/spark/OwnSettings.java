package aero.doors.spark;

import java.util.Properties;
import java.util.stream.Collectors;
import java.util.regex.Pattern;

/**
 * What no client sets while it opens a connection, before there is a statement to look at: Hive's session takes
 * `set:system:NAME` for the server's process and `set:hiveconf:NAME` for itself, and deletes, for one, the folder that
 * hive.downloaded.resources.dir names when it is closed. No setting of the server is against it.
 */
final class OwnSettings extends Properties {

  private static final long serialVersionUID = 1;
  private static final String SESSION = "org.apache.hive.service.cli.session.HiveSessionImpl";

  private static boolean isLimited;

  private OwnSettings(Properties before) {
    putAll(before);
  }

  /** The system properties from now on. */
  static synchronized void keep() {
    if (!(System.getProperties() instanceof OwnSettings)) {
      System.setProperties(new OwnSettings(System.getProperties()));
    }
  }

  @Override
  public synchronized Object setProperty(String name, String value) {
    if (SESSION.equals(caller())) {
      throw Refused.because("A connection may not set the server's properties: leave out set:system:" + name + ".");
    }
    return super.setProperty(name, value);
  }

  /** Who sets it: a statement of a session, too, may make a client of Hive's, which sets properties of its own. */
  private static String caller() {
    return StackWalker.getInstance()
        .walk(
            calls ->
                calls
                    .map(StackWalker.StackFrame::getClassName)
                    .dropWhile(name -> name.startsWith("java.") || name.equals(OwnSettings.class.getName()))
                    .findFirst()
                    .orElse(""));
  }

  /**
   * Of Hive's settings a new session takes only those that are free: a list that Hive has for its own authorizers.
   * Raises an error until the server has started.
   */
  static synchronized void limit() throws ReflectiveOperationException {
    if (isLimited) {
      return;
    }
    Object server = Server.running();
    Object conf = server.getClass().getMethod("getHiveConf").invoke(server);
    String free = Settings.FREE.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    conf.getClass().getMethod("setModifiableWhiteListRegex", String.class).invoke(conf, free);
    isLimited = true;
  }
}
