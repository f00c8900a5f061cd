package aero.doors.spark;

import aero.doors.Person;

/** What a person may not do here, in one sentence. */
public final class Refused extends SecurityException {

  private static final long serialVersionUID = 1;

  private Refused(String sentence) {
    super(sentence);
  }

  static Refused because(String sentence) {
    return new Refused(sentence);
  }

  /** `what` goes on after "NAME may not". */
  static Refused to(Person person, String what) {
    return because(person.name() + " may not " + what + ".");
  }

  /** Whether an error's stack trace is of one. */
  static boolean isIn(String trace) {
    return trace != null && trace.contains(Refused.class.getName() + ".because(");
  }

  /** The sentence alone: Spark puts this into what the client is told. */
  @Override
  public String toString() {
    return getMessage();
  }
}
