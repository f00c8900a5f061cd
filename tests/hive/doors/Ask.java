import aero.doors.Audit;
import aero.doors.People;
import aero.doors.Person;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;

/** Asks the classes of the doors what each line of its input says, words parted by tabs, and prints what they say. */
public class Ask {

  public static void main(String[] arguments) throws Exception {
    People people = People.of(Path.of(arguments[0]));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split("\t", -1);
      if (words[0].equals("audit")) {
        Audit.write(words[1], words[2], words[3], words[4], words[5], words[6]);
        System.out.println("written");
      } else {
        Person person = words[0].equals("named") ? people.named(words[1]) : people.verified(words[1], words[2], words[3]);
        System.out.println(person == null ? "nobody" : person.name() + " " + person.role());
      }
      System.out.flush();
    }
  }
}
