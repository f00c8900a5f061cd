package aero.doors;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a password is a person's: what that costs, and how often it may be tried.
 *
 * <p>A password that was right once is known again by a salted SHA-256 in memory, so that not each request costs a
 * PBKDF2, and so that whoever is signed in is not slowed by someone else's wrong passwords. At most two are computed at
 * a time, and one for names that nobody has. From the fifth failure of a name and address on, tries come one after the
 * other, each after twice the pause of the one before, up to a minute; what would wait longer than ten seconds is
 * refused at once. The platform's own accounts, whose passwords nobody guesses, never wait: who tries their names could
 * keep the platform itself outside. They are known by their few iterations (aero/people.py).
 */
final class Proof {

  private static final int REMEMBERED = 1024;
  private static final int ITERATIONS_OF_RANDOM_PASSWORDS = 1_000;
  private static final int FREE_FAILURES = 4;
  private static final long FIRST_PAUSE = 500;
  private static final long LONGEST_PAUSE = 60_000;
  private static final long PATIENCE = 10_000;
  private static final long FORGOTTEN = 15 * 60_000;
  private static final Pattern LOOPBACK = Pattern.compile("/?((::ffff:)?127(\\.\\d+){3}|::1|0(:0){6}:1)");
  // An unknown name is checked against this, so that it costs as much as a known one.
  private static final People.Entry NOBODY = new People.Entry(null, "", 210_000, new byte[16], new byte[32]);

  private static final class Failures {
    int count;
    long next;
    long last;
  }

  private final byte[] secret = new byte[32];
  private final Map<String, Boolean> proven = bounded(REMEMBERED);
  private final Map<String, Failures> failures = bounded(4 * REMEMBERED);
  private final Semaphore known = new Semaphore(2, true);
  private final Semaphore unknown = new Semaphore(1, true);

  Proof() {
    new SecureRandom().nextBytes(secret);
  }

  private static <V> Map<String, V> bounded(int size) {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > size;
          }
        });
  }

  /** Whether `password` was right before. */
  boolean remembers(People.Entry entry, String password) {
    return proven.containsKey(digest(entry.line() + "\n" + password));
  }

  /** Whether `password` is that of `entry`, which is null if nobody has the name. */
  boolean holds(People.Entry entry, String name, String password, String address) {
    String remembered = entry == null ? null : digest(entry.line() + "\n" + password);
    if (remembered != null && proven.containsKey(remembered)) {
      return true;
    }
    if (entry != null && entry.iterations() <= ITERATIONS_OF_RANDOM_PASSWORDS) {
      boolean isRight = isRight(entry, password);
      if (isRight) {
        proven.put(remembered, true);
      }
      return isRight;
    }
    String key = name + "@" + machine(address);
    long pause = pause(key);
    if (pause > PATIENCE) {
      return false;
    }
    try {
      Thread.sleep(pause);
      boolean isRight = computed(entry, password);
      if (isRight) {
        proven.put(remembered, true);
        failures.remove(key);
      } else {
        failed(key);
      }
      return isRight;
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A user of this machine may come from any address of its loopback: all count as one (as aero/cluster/luigid.py). */
  private static String machine(String address) {
    return LOOPBACK.matcher(address).matches() ? "127.0.0.1" : address;
  }

  private boolean computed(People.Entry entry, String password) throws InterruptedException {
    Semaphore turn = entry == null ? unknown : known;
    if (!turn.tryAcquire(PATIENCE, TimeUnit.MILLISECONDS)) {
      return false;
    }
    try {
      return isRight(entry == null ? NOBODY : entry, password) && entry != null;
    } finally {
      turn.release();
    }
  }

  private static boolean isRight(People.Entry asked, String password) {
    return MessageDigest.isEqual(pbkdf2(People.bytes(password), asked.salt(), asked.iterations()), asked.hash());
  }

  /** How long the next try has to wait; one that need not be refused takes its turn by asking. */
  private long pause(String key) {
    synchronized (failures) {
      Failures before = failures.get(key);
      long now = System.currentTimeMillis();
      if (before != null && now - before.last > FORGOTTEN) {
        failures.remove(key);
        return 0;
      }
      if (before == null || before.count <= FREE_FAILURES) {
        return 0;
      }
      long start = Math.max(now, before.next);
      if (start - now <= PATIENCE) {
        before.next = start + growing(before.count);
      }
      return start - now;
    }
  }

  private void failed(String key) {
    synchronized (failures) {
      Failures found = failures.computeIfAbsent(key, new_ -> new Failures());
      found.count++;
      found.last = System.currentTimeMillis();
      if (found.count > FREE_FAILURES) {
        found.next = Math.max(found.next, found.last + growing(found.count));
      }
    }
  }

  private static long growing(int count) {
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(10, count - FREE_FAILURES - 1));
  }

  private String digest(String text) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(secret);
      return Base64.getEncoder().encodeToString(sha.digest(People.bytes(text)));
    } catch (GeneralSecurityException never) {
      throw new IllegalStateException(never);
    }
  }

  /** PBKDF2-HMAC-SHA256 of the password's UTF-8 bytes, one block: the JDK's own takes characters, and not all. */
  static byte[] pbkdf2(byte[] password, byte[] salt, int iterations) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // An empty key is none to the JDK; HMAC fills any key with zeros, so one zero is the same key.
      mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
      mac.update(salt);
      mac.update(new byte[] {0, 0, 0, 1});
      byte[] round = mac.doFinal();
      byte[] all = round.clone();
      for (int number = 1; number < iterations; number++) {
        mac.update(round);
        mac.doFinal(round, 0);
        for (int at = 0; at < all.length; at++) {
          all[at] ^= round[at];
        }
      }
      return all;
    } catch (GeneralSecurityException never) {
      throw new IllegalStateException(never);
    }
  }
}
