package aero.doors.kafka;

import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/** Whoever came in through {@link Operators} is `User:operator`, who may do all; other accounts are what they are called. */
public final class Principals extends DefaultKafkaPrincipalBuilder {

  private static final KafkaPrincipal OPERATOR = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "operator");

  public Principals() {
    super(null, null);
  }

  @Override
  public KafkaPrincipal build(AuthenticationContext context) {
    boolean isPlain =
        context instanceof SaslAuthenticationContext sasl && sasl.server().getMechanismName().equals("PLAIN");
    return isPlain ? OPERATOR : super.build(context);
  }
}
