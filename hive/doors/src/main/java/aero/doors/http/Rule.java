package aero.doors.http;

import aero.doors.Audit;
import aero.doors.People;
import aero.doors.Person;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * What every web door of a Java server asks of a request: a host of ours, no other page behind it, an operator.
 *
 * <p>A browser that knows a password sends it with whatever any page makes it ask, so a request that another page is
 * behind is refused, whoever signed in. aero/http_door.py has the same rule for luigid.
 */
public final class Rule {

  private static final Set<String> READING = Set.of("GET", "HEAD");
  // What a form of any page may send without the browser asking this server first.
  private static final Set<String> FORMS =
      Set.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data");
  private static final Semaphore PROVING = new Semaphore(8);

  private final Set<String> hosts;
  private final String door;

  private Rule(String door, Set<String> hosts) {
    this.door = door;
    this.hosts = hosts;
  }

  /** A request, as a server's own classes have it. */
  public interface Request {
    String method();

    /** Path and query. */
    String target();

    /** The header's only value, or null. More than one are joined by a comma, and so are no value that is known. */
    String header(String name);

    String address();
  }

  /** `person` is who comes in, else null; then `status` and `sentence` are the answer. */
  public record Answer(Person person, int status, String sentence) {}

  /** The rule of this server, which the property aero.service names. HTTP_HOSTS are the names by which it is asked. */
  public static Rule ofThisServer() {
    String service = System.getProperty("aero.service", "");
    String door = service.startsWith("hbase") || service.equals("regionserver") ? "hbase"
        : service.equals("resourcemanager") || service.equals("nodemanager") ? "yarn"
        : service.equals("spark-history") ? service : "webhdfs";
    String hosts = System.getenv("HTTP_HOSTS");
    if (hosts == null || hosts.isBlank()) {
      throw new IllegalStateException("HTTP_HOSTS is not set: it names the hosts by which this server may be asked.");
    }
    return new Rule(door, Arrays.stream(hosts.split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet()));
  }

  /** Who comes in. What is refused, and what changes anything, stands in the audit. May wait for a password's proof. */
  public Answer ask(Request request) {
    String[] given = nameAndPassword(request.header("Authorization"));
    String fault = fault(request);
    Answer answer = fault != null ? new Answer(null, 403, fault) : signedIn(given, request.address());
    if (answer.person() == null || !READING.contains(request.method())) {
      String outcome = answer.person() != null ? "allowed" : answer.status() == 403 ? "refused" : "not signed in";
      String who = answer.person() != null ? answer.person().name() : given[0];
      String what = request.method() + " " + request.target().replaceAll("(?i)(delegation|token)=[^&]*", "$1=…");
      Audit.write(door, who, request.address(), what, outcome, answer.sentence());
    }
    return answer;
  }

  /** The answer where it needs no proof that takes its time, else null. */
  Answer askAtOnce(Request request) {
    String[] given = nameAndPassword(request.header("Authorization"));
    boolean isKnown = given[1] == null || People.ofThisPlatform().remembered(given[0], given[1]) != null;
    return isKnown || fault(request) != null ? ask(request) : null;
  }

  private String fault(Request request) {
    String host = request.header("Host");
    if (host == null || !hosts.contains(withoutPort(host))) {
      return "This server is asked by its own name only, not by the Host " + shown(host)
          + "; AERO_HTTP_HOSTS adds names, with a comma between two.";
    }
    String origin = request.header("Origin");
    boolean isReading = READING.contains(request.method());
    boolean isOwn = ("http://" + host).equalsIgnoreCase(origin);
    if ((origin != null && !isOwn) || !isOwnPage(request, isReading)) {
      return "Another page is behind this request (" + shown(origin) + "): open the address in a window of its own.";
    }
    if (!isReading && !isOwn && FORMS.contains(contentType(request)) && request.header("X-Requested-By") == null) {
      return "A request that changes something and has the Content-Type of a form needs the header X-Requested-By.";
    }
    return null;
  }

  /** Whether it comes from no page, from one of this server's, or follows a link from another server of this host. */
  private static boolean isOwnPage(Request request, boolean isReading) {
    String site = request.header("Sec-Fetch-Site");
    boolean isLink = isReading && "navigate".equals(request.header("Sec-Fetch-Mode"))
        && "document".equals(request.header("Sec-Fetch-Dest"));
    return site == null || site.equals("none") || site.equals("same-origin") || (site.equals("same-site") && isLink);
  }

  private static Answer signedIn(String[] given, String address) {
    if (given[1] == null) {
      return new Answer(null, 401, "Sign in with the name and password of an operator (aero user list).");
    }
    People people = People.ofThisPlatform();
    Person person = people.remembered(given[0], given[1]);
    if (person == null) {
      if (!PROVING.tryAcquire()) {
        return new Answer(null, 429, "Too many sign in at the same time: try again in a few seconds.");
      }
      try {
        person = people.verified(given[0], given[1], address);
      } finally {
        PROVING.release();
      }
    }
    if (person == null) {
      return new Answer(null, 401, "The name or the password is wrong, or failed too often: then wait a minute.");
    }
    return person.isOperator() ? new Answer(person, 200, "")
        : new Answer(null, 403, person.name() + " is no operator but " + person.role() + ": this page is for operators.");
  }

  /** Of HTTP's Basic; the password is null where there is none. */
  private static String[] nameAndPassword(String header) {
    if (header != null && header.regionMatches(true, 0, "Basic ", 0, 6)) {
      try {
        byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
        String[] parts = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
        if (parts.length == 2) {
          return parts;
        }
      } catch (IllegalArgumentException notBase64) {
        // As if there were none.
      }
    }
    return new String[] {"", null};
  }

  private static String withoutPort(String host) {
    String name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String contentType(Request request) {
    String type = request.header("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static String shown(String text) {
    String plain = text == null ? "none" : text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.substring(0, Math.min(80, plain.length()));
  }
}
