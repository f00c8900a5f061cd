package aero.doors.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import org.apache.kafka.common.security.plain.PlainLoginModule;

/**
 * As whom the broker and its controller sign in at each other: the account `kafka`, whose password lies in a file of the
 * folder that AERO_SECRETS_DIR names. So no configuration and no command line has it.
 */
public final class BrokerLogin extends PlainLoginModule {

  static final String NAME = "kafka";

  @Override
  public void initialize(Subject subject, CallbackHandler handler, Map<String, ?> state, Map<String, ?> options) {
    super.initialize(subject, handler, state, Map.of("username", NAME, "password", password()));
  }

  static String password() {
    String folder = System.getenv("AERO_SECRETS_DIR");
    if (folder == null || folder.isEmpty()) {
      throw new IllegalStateException("AERO_SECRETS_DIR is not set: it names the folder of the passwords.");
    }
    try {
      return Files.readString(Path.of(folder, "passwords", NAME));
    } catch (IOException missing) {
      throw new UncheckedIOException("The password of the account kafka cannot be read. `aero up` makes it.", missing);
    }
  }
}
