package aero.doors.hive;

import aero.doors.Audit;
import aero.doors.People;
import javax.security.sasl.AuthenticationException;
import org.apache.hive.service.auth.PasswdAuthenticationProvider;

/** Who comes in at HiveServer2: a person of the people file, with the right password, or that of their directory. */
public class SignIn implements PasswdAuthenticationProvider {

  @Override
  public void Authenticate(String name, String password) throws AuthenticationException {
    // Hive does not say here from where; Session knows the address, once someone is in.
    boolean isRight = Directory.knows(name)
        ? Directory.verified(name, password) : People.ofThisPlatform().verified(name, password) != null;
    if (!isRight) {
      Audit.write(Door.NAME, name, "", "", "not signed in", "wrong name or password, or too many wrong ones before");
      throw new AuthenticationException("Wrong name or password, or too many wrong ones before: wait a minute.");
    }
  }
}
