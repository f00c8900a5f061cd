package aero.doors;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open sessions of a server. One whose person was removed since, or has another password, is ended within seconds,
 * and with it what it is asking: {@link People#named} keeps them from asking more.
 */
public final class SignedIn {

  /** How the server ends a session and all that runs in it. */
  public interface Ending {
    void run() throws Exception;
  }

  private record Session(String who, Object mark, Ending ending) {}

  private static final long PAUSE = 2_000;
  private static final Map<String, Session> OPEN = new ConcurrentHashMap<>();
  private static final Set<String> ENDING = ConcurrentHashMap.newKeySet();

  static {
    inBackground("watches who is signed in", SignedIn::watch);
  }

  private SignedIn() {}

  /** `session` is a name that no other one has. */
  public static void begins(String session, String who, Ending ending) {
    OPEN.put(session, new Session(who, People.ofThisPlatform().mark(who), ending));
  }

  public static void ends(String session) {
    OPEN.remove(session);
  }

  private static void watch() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        OPEN.forEach(
            (name, session) -> {
              boolean isSame = session.mark != null && session.mark.equals(People.ofThisPlatform().mark(session.who));
              if (!isSame && ENDING.add(name)) {
                inBackground("ends a session of " + session.who, () -> end(name, session));
              }
            });
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(String name, Session session) {
    try {
      session.ending.run();
      ends(name);
    } catch (Exception failed) {
      System.err.println("A session of " + session.who + ", who has left, does not end yet: " + failed);
    } finally {
      ENDING.remove(name);
    }
  }

  private static void inBackground(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
