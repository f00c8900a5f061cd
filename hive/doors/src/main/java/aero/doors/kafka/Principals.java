package aero.doors.kafka;

import aero.doors.Audit;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/**
 * Whoever came in through {@link Operators} is `User:operator`, who may do all; other accounts are what they are called.
 *
 * <p>What proves a password is not told from where it comes; this is, and writes it down with a connection's first
 * request.
 */
public final class Principals extends DefaultKafkaPrincipalBuilder {

  private static final KafkaPrincipal OPERATOR = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "operator");

  /** Of the connections that have asked before: Kafka wants to know who it is at each request. */
  private static final Set<SaslServer> KNOWN =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  public Principals() {
    super(null, null);
  }

  @Override
  public KafkaPrincipal build(AuthenticationContext context) {
    if (!(context instanceof SaslAuthenticationContext sasl) || !sasl.server().getMechanismName().equals("PLAIN")) {
      return super.build(context);
    }
    String name = sasl.server().getAuthorizationID();
    if (KNOWN.add(sasl.server()) && !BrokerLogin.NAME.equals(name)) {
      Audit.write("kafka", name, context.clientAddress().getHostAddress(), "connect", "allowed", "");
    }
    return OPERATOR;
  }
}
