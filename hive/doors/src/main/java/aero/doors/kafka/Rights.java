package aero.doors.kafka;

import aero.doors.Audit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own authorizer, whose refusals stand in the audit: who asked, from where, for what. A client that is refused
 * asks again many times a second, so the same refusal is written once a minute.
 */
public final class Rights extends StandardAuthorizer {

  private static final long AGAIN = 60_000;
  private static final int REMEMBERED = 1024;

  // Of the broker and of its controller, which have a Rights each.
  private static final Map<String, Long> WRITTEN =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  @Override
  public List<AuthorizationResult> authorize(AuthorizableRequestContext asker, List<Action> actions) {
    List<AuthorizationResult> results = super.authorize(asker, actions);
    for (int number = 0; number < actions.size(); number++) {
      // Kafka itself asks of each topic which of them to show: what is not shown then was not asked for.
      if (results.get(number) == AuthorizationResult.DENIED && actions.get(number).logIfDenied()) {
        refused(asker, actions.get(number));
      }
    }
    return results;
  }

  private void refused(AuthorizableRequestContext asker, Action action) {
    ResourcePattern on = action.resourcePattern();
    String who = asker.principal().getName();
    String from = asker.clientAddress().getHostAddress();
    String what = (action.operation() + " " + on.resourceType()).toLowerCase(Locale.ROOT) + " " + on.name();
    if (isNew(who + " " + from + " " + what)) {
      Audit.write("kafka", who, from, what, "refused", "it has no right to that (kafka/topics.toml)");
    }
  }

  private static boolean isNew(String refusal) {
    synchronized (WRITTEN) {
      long now = System.currentTimeMillis();
      Long before = WRITTEN.get(refusal);
      if (before != null && now - before < AGAIN) {
        return false;
      }
      WRITTEN.remove(refusal);
      WRITTEN.put(refusal, now);
      return true;
    }
  }
}
