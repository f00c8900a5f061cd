package aero.doors.spark;

import aero.doors.Audit;
import aero.doors.SignedIn;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import scala.Product;

/**
 * `spark.extraListeners`: a line of the audit for each connection and for each statement when it has ended. The server
 * tells of them by classes of its own jar, which is in no repository: their names and fields are asked for at run time.
 */
public final class Audited extends SparkListener {

  private static final String PREFIX = "SparkListenerThriftServer";

  private record Statement(String who, String from, String what) {}

  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private final Map<String, Statement> running = new ConcurrentHashMap<>();

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    String name = event.getClass().getSimpleName();
    if (!name.startsWith(PREFIX) || !(event instanceof Product fields)) {
      return;
    }
    switch (name.substring(PREFIX.length())) {
      case "SessionCreated" -> {
        addresses.put(field(fields, "sessionId"), field(fields, "ip"));
        write(new Statement(field(fields, "userName"), field(fields, "ip"), ""), "signed in", "");
        String session = field(fields, "sessionId");
        SignedIn.begins(session, field(fields, "userName"), () -> Server.close(session));
      }
      case "SessionClosed" -> {
        addresses.remove(field(fields, "sessionId"));
        SignedIn.ends(field(fields, "sessionId"));
      }
      case "OperationStart" -> {
        String from = addresses.getOrDefault(field(fields, "sessionId"), "");
        running.put(field(fields, "id"), new Statement(field(fields, "userName"), from, field(fields, "statement")));
      }
      case "OperationFinish" -> ended(fields, "allowed", "");
      case "OperationError" -> {
        boolean isRefused = Refused.isIn(field(fields, "errorTrace"));
        ended(fields, isRefused ? "refused" : "failed", field(fields, "errorMsg"));
      }
      case "OperationCanceled", "OperationTimeout", "OperationClosed" -> ended(fields, "failed", "it was cancelled");
      default -> { }
    }
  }

  private void ended(Product fields, String outcome, String why) {
    Statement statement = running.remove(field(fields, "id"));
    if (statement != null) {
      write(statement, outcome, why);
    }
  }

  private static void write(Statement statement, String outcome, String why) {
    Audit.write(Extension.DOOR, statement.who(), statement.from(), statement.what(), outcome, why);
  }

  private static String field(Product fields, String name) {
    for (int number = 0; number < fields.productArity(); number++) {
      if (fields.productElementName(number).equals(name)) {
        Object value = fields.productElement(number);
        return value == null ? "" : value.toString();
      }
    }
    return "";
  }
}
