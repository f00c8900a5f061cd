package aero.doors.metastore;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;

/** Hadoop finds it by META-INF/services. */
public final class PasswordsFactory extends CredentialProviderFactory {

  @Override
  public CredentialProvider createProvider(URI provider, Configuration conf) {
    return Passwords.SCHEME.equals(provider.getScheme()) ? new Passwords() : null;
  }
}
