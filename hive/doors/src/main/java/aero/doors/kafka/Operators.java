package aero.doors.kafka;

import aero.doors.Audit;
import aero.doors.People;
import aero.doors.Person;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.plain.PlainAuthenticateCallback;

/**
 * Who may sign in at Kafka with a name and password (SASL PLAIN): operators of the people file, and the broker itself.
 *
 * <p>Kafka asks on one of its few threads for the network, so nothing waits long here: one password that was not right
 * before is computed at a time, and what takes longer than two seconds is refused. People slows down who guesses.
 */
public final class Operators implements AuthenticateCallbackHandler {

  private static final long PATIENCE = 2_000;
  private static final long TURN = 300;
  private static final int MOST_CHECKS = 4;
  private static final Semaphore ONE = new Semaphore(1);
  private static final ExecutorService CHECKS =
      new ThreadPoolExecutor(0, MOST_CHECKS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Operators::thread);

  @Override
  public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {}

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    String name = null;
    for (Callback one : callbacks) {
      if (one instanceof NameCallback asked) {
        name = asked.getDefaultName();
      } else if (one instanceof PlainAuthenticateCallback asked) {
        asked.authenticated(isLetIn(name, new String(asked.password())));
      } else {
        throw new UnsupportedCallbackException(one);
      }
    }
  }

  private static boolean isLetIn(String name, String password) {
    if (BrokerLogin.NAME.equals(name)) {
      return MessageDigest.isEqual(bytes(password), bytes(BrokerLogin.password()));
    }
    Person person = verified(name, password);
    String why = "";
    if (person == null) {
      why = "no such name, a wrong password, or too many tries";
    } else if (!person.isOperator()) {
      why = "the role " + person.role() + " has no door here, only operator has";
    }
    Audit.write("kafka", name, "", "sign in", why.isEmpty() ? "signed in" : "not signed in", why);
    return why.isEmpty();
  }

  private static Person verified(String name, String password) {
    People people = People.ofThisPlatform();
    Person known = people.remembered(name, password);
    if (known != null) {
      return known;
    }
    try {
      if (!ONE.tryAcquire(TURN, TimeUnit.MILLISECONDS)) {
        return null;
      }
      try {
        return CHECKS.submit(() -> people.verified(name, password)).get(PATIENCE, TimeUnit.MILLISECONDS);
      } finally {
        ONE.release();
      }
    } catch (RejectedExecutionException | TimeoutException busy) {
      return null;
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static Thread thread(Runnable check) {
    Thread made = new Thread(check, "aero-sign-in");
    made.setDaemon(true);
    return made;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {}
}
