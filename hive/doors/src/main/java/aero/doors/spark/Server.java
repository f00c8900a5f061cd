package aero.doors.spark;

import java.lang.reflect.Field;
import java.util.Map;
import org.apache.hive.service.cli.CLIService;
import org.apache.hive.service.cli.SessionHandle;
import org.apache.hive.service.cli.session.SessionManager;
import org.apache.hive.service.server.HiveServer2;
import scala.Option;

/** The running server. Its own classes are asked for by name, since its jar is in no repository. */
final class Server {

  private static final String NAME = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2";

  private Server() {}

  /** The HiveThriftServer2. Raises an error until it has started. */
  static Object running() throws ReflectiveOperationException {
    Object listener = Class.forName(NAME).getMethod("listener").invoke(null);
    return ((Option<?>) value(listener.getClass(), "server", listener)).get();
  }

  /** End a session, and what it is asking. */
  static void close(String session) throws Exception {
    CLIService service = (CLIService) value(HiveServer2.class, "cliService", running());
    Map<?, ?> sessions = (Map<?, ?>) value(SessionManager.class, "handleToSession", service.getSessionManager());
    for (Object handle : sessions.keySet()) {
      if (((SessionHandle) handle).getSessionId().toString().equals(session)) {
        service.closeSession((SessionHandle) handle);
      }
    }
  }

  private static Object value(Class<?> of, String field, Object object) throws ReflectiveOperationException {
    Field found = of.getDeclaredField(field);
    found.setAccessible(true);
    return found.get(object);
  }
}
