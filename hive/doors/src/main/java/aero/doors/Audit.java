package aero.doors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What was asked at a door: a JSON line each, in AERO_HOME/logs/audit/DOOR.jsonl. */
public final class Audit {

  /** The outcomes that a line may have. */
  public static final Set<String> OUTCOMES = Set.of("allowed", "refused", "failed", "signed in", "not signed in");

  private static final int LONGEST = 2000;
  private static final int KEPT = 5;
  private static final long LARGEST = Long.getLong("aero.audit.bytes", 20_000_000);
  private static final DateTimeFormatter AT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final FileAttribute<?> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWN_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private Audit() {}

  /** Add a line. A line that cannot be written is printed on the server's own log, and nothing else fails. */
  public static void write(String door, String who, String from, String what, String outcome, String why) {
    String line = line(Instant.now(), door, who, from, what, outcome, why);
    try {
      String home = System.getenv("AERO_HOME");
      if (home == null) {
        throw new IOException("AERO_HOME is not set");
      }
      add(Path.of(home, "logs", "audit"), door, line);
    } catch (IOException | RuntimeException failed) {
      System.err.println("The audit cannot be written (" + failed + "): " + line.strip());
    }
  }

  static String line(Instant at, String door, String who, String from, String what, String outcome, String why) {
    StringBuilder line = new StringBuilder("{");
    String[] fields = {"at", AT.format(at), "door", door, "who", name(who), "from", name(from), "what", shortened(what),
        "outcome", outcome, "why", shortened(why)};
    for (int at_ = 0; at_ < fields.length; at_ += 2) {
      line.append(at_ == 0 ? "" : ", ").append(json(fields[at_])).append(": ").append(json(fields[at_ + 1]));
    }
    return line.append("}\n").toString();
  }

  /** Whoever tries to come in chooses the name. */
  private static String name(String text) {
    return text == null || text.length() <= 100 ? text : text.substring(0, 99) + "…";
  }

  private static String shortened(String text) {
    return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  private static String json(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char one : (text == null ? "" : text).toCharArray()) {
      String escape = Map.of('"', "\\\"", '\\', "\\\\", '\n', "\\n", '\t', "\\t").get(one);
      // Control characters, halves of a pair and line separators: whatever a terminal or a reader may stumble on.
      boolean isPlain = one >= ' ' && (one < 0x7f || one > 0x9f) && !Character.isSurrogate(one) && one >> 1 != 0x1014;
      quoted.append(escape != null ? escape : isPlain ? String.valueOf(one) : String.format("\\u%04x", (int) one));
    }
    return quoted.append('"').toString();
  }

  /** One write to a file opened to append: lines of several processes never mix. */
  private static synchronized void add(Path folder, String door, String line) throws IOException {
    Files.createDirectories(folder, OWN_FOLDER);
    Path file = folder.resolve(door + ".jsonl");
    ByteBuffer bytes = ByteBuffer.wrap(People.bytes(line));
    try (FileChannel channel = opened(file)) {
      channel.write(bytes);
      if (channel.size() < LARGEST) {
        return;
      }
    }
    rotate(folder, file);
  }

  private static FileChannel opened(Path file) throws IOException {
    Set<StandardOpenOption> append =
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    return FileChannel.open(file, append, OWN_FILE);
  }

  /** DOOR.jsonl becomes DOOR.jsonl.1, and so on; under a lock, since several processes may write to one door's file. */
  private static void rotate(Path folder, Path file) throws IOException {
    try (FileChannel channel = opened(folder.resolve(".rotating"));
        FileLock lock = channel.lock()) {
      if (!lock.isValid() || Files.size(file) < LARGEST) {
        return;
      }
      for (int number = KEPT - 1; number > 0; number--) {
        move(numbered(file, number), numbered(file, number + 1));
      }
      move(file, numbered(file, 1));
    } catch (NoSuchFileException another) {
      // Another process has just done it.
    }
  }

  private static Path numbered(Path file, int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
