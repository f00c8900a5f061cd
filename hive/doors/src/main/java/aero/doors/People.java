package aero.doors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The people file, read again whenever it is another: who may sign in, and in which role.
 *
 * <p>Whoever holds a Person of an open connection asks {@link #named} before each statement: a person who was removed
 * is then refused, and one whose role was changed has the new one. {@link SignedIn} ends what they left running.
 */
public final class People {

  private static final Pattern LINE =
      Pattern.compile("([a-z][a-z0-9_-]{0,31}):(reader|analyst|operator):pbkdf2_sha256\\$(\\d{1,7})\\$([^$]+)\\$(.+)");
  private static final Map<Path, People> ALL = new ConcurrentHashMap<>();

  /** How a person's password is kept; `line` changes with anything of it. */
  record Entry(Person person, String line, int iterations, byte[] salt, byte[] hash) {}

  private record Read(List<Object> version, Map<String, Entry> entries) {}

  private final Path file;
  private final Proof proof = new Proof();
  private volatile Read read = new Read(List.of(), Map.of());

  private People(Path file) {
    this.file = file;
  }

  /** The people of a file, which need not be there yet: then nobody may sign in. */
  public static People of(Path file) {
    return ALL.computeIfAbsent(file.toAbsolutePath(), People::new);
  }

  /** The people of the file that the variable AERO_PEOPLE names. */
  public static People ofThisPlatform() {
    String file = System.getenv("AERO_PEOPLE");
    if (file == null || file.isEmpty()) {
      throw new IllegalStateException("AERO_PEOPLE is not set: it names the file of those who may sign in.");
    }
    return of(Path.of(file));
  }

  /** As below, for a door that does not know the address. */
  public Person verified(String name, String password) {
    return verified(name, password, "");
  }

  /**
   * The person, or null if the name or the password is wrong or `name` failed so often from `address` that it has to
   * wait. Never two answers for the two: the caller says one sentence for all.
   */
  public Person verified(String name, String password, String address) {
    if (name == null || password == null || name.length() > 32 || password.length() > 1024) {
      return null;
    }
    Entry entry = entries().get(name);
    return proof.holds(entry, name, password, address == null ? "" : address) ? entry.person() : null;
  }

  /** The person whose password was proven before; null where it was not, or is another now. Takes no time. */
  public Person remembered(String name, String password) {
    Entry entry = name == null || password == null ? null : entries().get(name);
    return entry != null && proof.remembers(entry, password) ? entry.person() : null;
  }

  /** Who has this name now, or null. Asks for no password: for those that are signed in already. */
  public Person named(String name) {
    Entry entry = name == null ? null : entries().get(name);
    return entry == null ? null : entry.person();
  }

  /** By what a person's password is kept now: equal as long as it is the same, null where nobody has the name. */
  Object mark(String name) {
    Entry entry = name == null ? null : entries().get(name);
    return entry == null ? null : entry.line().substring(entry.line().lastIndexOf(':'));
  }

  private Map<String, Entry> entries() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      // A file that replaced another at the same moment and with the same size is still another file.
      List<Object> version = new ArrayList<>(List.of(found.lastModifiedTime(), found.size()));
      version.add(found.fileKey());
      if (!version.equals(read.version())) {
        read = new Read(version, parsed(Files.readString(file)));
      }
    } catch (NoSuchFileException nobodyYet) {
      read = new Read(List.of(), Map.of());
    } catch (IOException unreadable) {
      System.err.println("The people file cannot be read, nobody may sign in: " + unreadable);
      read = new Read(List.of(), Map.of());
    }
    return read.entries();
  }

  private Map<String, Entry> parsed(String text) {
    Map<String, Entry> found = new HashMap<>();
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      Matcher parts = LINE.matcher(line.strip());
      if (parts.matches()) {
        Person person = new Person(parts.group(1), parts.group(2));
        Base64.Decoder base64 = Base64.getDecoder();
        try {
          found.put(
              person.name(),
              new Entry(
                  person,
                  line.strip(),
                  Math.max(1, Integer.parseInt(parts.group(3))),
                  base64.decode(parts.group(4)),
                  base64.decode(parts.group(5))));
          continue;
        } catch (IllegalArgumentException notBase64) {
          // Said below; the line itself is a secret.
        }
      }
      if (!line.isBlank() && !line.startsWith("#")) {
        System.err.println(file + ": line " + number + " is not name:role:pbkdf2_sha256$…, and counts for nobody.");
      }
    }
    return found;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
