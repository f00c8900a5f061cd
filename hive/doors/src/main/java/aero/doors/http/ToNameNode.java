package aero.doors.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The SecondaryNameNode fetches the image by HTTP and sends it back, and fsck asks a page: they sign in at the NameNode,
 * and nowhere else.
 */
final class ToNameNode extends Authenticator {

  private static final String ACCOUNT = "aero";

  private final String nameNode;

  ToNameNode(String nameNode) {
    this.nameNode = nameNode;
  }

  @Override
  protected PasswordAuthentication getPasswordAuthentication() {
    String asks = getRequestingHost() + ":" + getRequestingPort();
    if (getRequestorType() != RequestorType.SERVER || !asks.equals(nameNode)) {
      return null;
    }
    Path file = Path.of(System.getenv("AERO_SECRETS_DIR"), "passwords", ACCOUNT);
    try {
      return new PasswordAuthentication(ACCOUNT, Files.readString(file).strip().toCharArray());
    } catch (IOException unreadable) {
      System.err.println("The password of " + ACCOUNT + " cannot be read: " + unreadable);
      return null;
    }
  }
}
