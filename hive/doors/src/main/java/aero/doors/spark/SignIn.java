package aero.doors.spark;

import aero.doors.Audit;
import aero.doors.People;
import javax.security.sasl.AuthenticationException;
import org.apache.hive.service.auth.PasswdAuthenticationProvider;

/** Whether a name and password are a person's. Who signed in, and from where, is written by {@link Asking}. */
public final class SignIn implements PasswdAuthenticationProvider {

  private static final String REFUSED = "Wrong name or password, or too many wrong ones before: wait a minute.";

  @Override
  public void Authenticate(String name, String password) throws AuthenticationException {
    if (People.ofThisPlatform().verified(name, password) == null) {
      // Spark does not say here from where.
      Audit.write(Extension.DOOR, name, "", "", "not signed in", REFUSED);
      throw new AuthenticationException(REFUSED);
    }
    try {
      OwnSettings.limit();
      Listed.install();
    } catch (ReflectiveOperationException | RuntimeException notYet) {
      throw new AuthenticationException("The server has only just started: try again.", notYet);
    }
  }
}
