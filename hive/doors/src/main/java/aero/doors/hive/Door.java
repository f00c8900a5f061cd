package aero.doors.hive;

import aero.doors.Audit;
import aero.doors.People;
import aero.doors.Person;
import aero.doors.Roles;

/** What the classes of HiveServer2's door share: who asks, and what became of the statement of this thread. */
final class Door {

  static final String NAME = "hiveserver2";
  static final Roles ROLES = Roles.ofThisPlatform();

  /** A statement that someone may not ask. Its message is the sentence that they read. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String sentence) {
      super(sentence);
    }
  }

  private static final ThreadLocal<String> REFUSED = new ThreadLocal<>();
  private static final ThreadLocal<Boolean> RUNS = new ThreadLocal<>();

  private Door() {}

  /** The person of an open session, as the people file has them now. */
  static Person person(String name) throws Refused {
    Person person = People.ofThisPlatform().named(name);
    if (person == null) {
      throw new Refused(name + " may not ask any longer: the people file has no such name now (aero user list).");
    }
    return person;
  }

  /** A new statement begins in this thread. */
  static void begin() {
    REFUSED.remove();
    RUNS.remove();
  }

  /** Hive wraps what its hooks throw, so the sentence is kept here too. */
  static String refuse(Refused refusal) {
    REFUSED.set(refusal.getMessage());
    return refusal.getMessage();
  }

  /** Why the statement of this thread was refused, or null. */
  static String refusal() {
    return REFUSED.get();
  }

  /** The statement of this thread passed, and was written down so. */
  static void runs() {
    RUNS.set(true);
  }

  static boolean isRunning() {
    return RUNS.get() != null;
  }

  static void write(String who, String from, String what, String outcome, String why) {
    Audit.write(NAME, who, from, what, outcome, why);
  }
}
