package aero.doors.metastore;

import aero.doors.Audit;
import aero.doors.People;
import aero.doors.Person;
import javax.security.sasl.AuthenticationException;
import org.apache.hadoop.hive.metastore.MetaStorePasswdAuthenticationProvider;

/** Who comes in at the metastore, where everything may be changed: operators, the platform among them. */
public final class SignIn implements MetaStorePasswdAuthenticationProvider {

  @Override
  public void authenticate(String name, String password) throws AuthenticationException {
    Person person = People.ofThisPlatform().verified(name, password);
    if (person == null || !person.isOperator()) {
      String why = person == null ? "wrong name or password, or too many wrong ones before" : "no operator";
      Audit.write("metastore", name, "", "", "not signed in", why);
      throw new AuthenticationException("Operators alone, by name and password; others ask HiveServer2.");
    }
  }
}
