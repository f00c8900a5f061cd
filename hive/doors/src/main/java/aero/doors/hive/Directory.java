package aero.doors.hive;

import aero.doors.People;
import java.util.Set;
import javax.security.sasl.AuthenticationException;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.conf.HiveConf.ConfVars;
import org.apache.hive.service.auth.LdapAuthenticationProviderImpl;

/**
 * A directory (LDAP) that proves who somebody is, where AERO_LDAP_URL names one. What they may do is still said by the
 * people file, so whoever is not in it is not asked for there; the platform's own accounts are in no directory.
 */
final class Directory {

  private static final Set<String> PLATFORM = Set.of("aero", "superset");
  private static final String URL = System.getenv("AERO_LDAP_URL");
  private static final String USER_DN = System.getenv("AERO_LDAP_USER_DN");

  private Directory() {}

  static boolean knows(String name) {
    return URL != null && !URL.isBlank() && !PLATFORM.contains(name);
  }

  /** Whether the directory takes this password. Raises where it does not answer. */
  static boolean verified(String name, String password) {
    if (People.ofThisPlatform().named(name) == null) {
      return false;
    }
    HiveConf conf = new HiveConf();
    conf.setVar(ConfVars.HIVE_SERVER2_PLAIN_LDAP_URL, URL);
    conf.setVar(ConfVars.HIVE_SERVER2_PLAIN_LDAP_USERDNPATTERN, USER_DN);
    try {
      new LdapAuthenticationProviderImpl(conf).Authenticate(name, password);
      return true;
    } catch (AuthenticationException wrong) {
      return false;
    }
  }
}
