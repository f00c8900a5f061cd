package aero.doors.metastore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.security.alias.CredentialProvider;

/**
 * The platform's own password, as Hadoop looks for one: from its file, each time, so that a new one holds at once and
 * none stands in a configuration.
 */
public final class Passwords extends CredentialProvider {

  static final String SCHEME = "aero-passwords";
  private static final String OURS = "aero";

  @Override
  public CredentialEntry getCredentialEntry(String name) throws IOException {
    String people = System.getenv("AERO_PEOPLE");
    if (!OURS.equals(name) || people == null) {
      return null; // Hadoop asks for whatever may be secret, and takes it from its configuration then.
    }
    Path file = Path.of(people).resolveSibling("passwords").resolve(OURS);
    try {
      return new Entry(name, Files.readString(file).strip().toCharArray());
    } catch (NoSuchFileException notStartedYet) {
      return null;
    }
  }

  @Override
  public List<String> getAliases() {
    return List.of(OURS);
  }

  @Override
  public CredentialEntry createCredentialEntry(String name, char[] password) {
    throw new UnsupportedOperationException("Passwords are made by: aero user passwd NAME");
  }

  @Override
  public void deleteCredentialEntry(String name) {
    throw new UnsupportedOperationException("The platform's passwords stay.");
  }

  @Override
  public void flush() {
    // Nothing is written here.
  }

  private static final class Entry extends CredentialEntry {
    Entry(String name, char[] password) {
      super(name, password);
    }
  }
}
