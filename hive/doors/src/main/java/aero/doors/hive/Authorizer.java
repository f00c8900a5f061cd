package aero.doors.hive;

import aero.doors.People;
import aero.doors.Person;
import aero.doors.Roles;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.security.HiveAuthenticationProvider;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAccessControlException;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAuthorizerImpl;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAuthzContext;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveOperationType;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HivePrivilegeObject;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HivePrivilegeObject.HivePrivilegeObjectType;

/**
 * Which tables a statement may read and write, by the role that the people file says at this moment: there are no
 * grants that could drift from it. What kind of statement it may be is {@link StatementCheck}'s question.
 */
public class Authorizer extends HiveAuthorizerImpl {

  private final HiveAuthenticationProvider session;

  Authorizer(HiveAuthenticationProvider session) {
    super(null, null); // GRANT and the like, for which the first is, are refused before.
    this.session = session;
  }

  @Override
  public void checkPrivileges(
      HiveOperationType kind,
      List<HivePrivilegeObject> inputs,
      List<HivePrivilegeObject> outputs,
      HiveAuthzContext context)
      throws HiveAccessControlException {
    try {
      Person person = Door.person(session.getUserName());
      for (HivePrivilegeObject input : inputs == null ? List.<HivePrivilegeObject>of() : inputs) {
        if (!mayRead(person, input)) {
          throw unreadable(person, name(input));
        }
      }
      for (HivePrivilegeObject output : outputs == null ? List.<HivePrivilegeObject>of() : outputs) {
        if (!mayWrite(person, output)) {
          throw unchangeable(person, name(output));
        }
      }
    } catch (Door.Refused refusal) {
      throw new HiveAccessControlException(Door.refuse(refusal));
    }
  }

  /** Raises Refused where the role of `person` may not read this table. */
  static void checkReads(Person person, String database, String table) throws Door.Refused {
    if (!Door.ROLES.mayRead(person, database, table)) {
      throw unreadable(person, database.toLowerCase(Locale.ROOT) + "." + table);
    }
  }

  /** Raises Refused where `person` may not know whether there is this database. */
  static void checkSees(Person person, String database) throws Door.Refused {
    if (!Door.ROLES.maySee(person, database)) {
      throw unreadable(person, database.toLowerCase(Locale.ROOT));
    }
  }

  /** Raises Refused where the role of `person` may not change what is in this database, for `name` in it. */
  static void checkChanges(Person person, String database, String name) throws Door.Refused {
    if (!Door.ROLES.mayWrite(person, database)) {
      throw unchangeable(person, name);
    }
  }

  private static Door.Refused unchangeable(Person person, String name) {
    return new Door.Refused(person.name() + " may not change " + name + ": " + writes(person) + ".");
  }

  private static Door.Refused unreadable(Person person, String name) {
    return new Door.Refused(person.name() + " may not read " + name + ": " + Door.ROLES.has(person) + ".");
  }

  private static boolean mayRead(Person person, HivePrivilegeObject input) {
    return switch (input.getType()) {
      case DATABASE -> Door.ROLES.maySee(person, input.getDbname());
      case TABLE_OR_VIEW, PARTITION, COLUMN -> Door.ROLES.mayRead(person, input.getDbname(), input.getObjectName());
      case DFS_URI, LOCAL_URI -> person.isOperator() && StatementCheck.isInLake(input.getObjectName());
      default -> false;
    };
  }

  private static boolean mayWrite(Person person, HivePrivilegeObject output) {
    return switch (output.getType()) {
      case DATABASE, TABLE_OR_VIEW, PARTITION, COLUMN -> Door.ROLES.mayWrite(person, output.getDbname());
      case DFS_URI, LOCAL_URI -> person.isOperator() && StatementCheck.isInLake(output.getObjectName());
      case STORAGEHANDLER_URI -> person.isOperator(); // Of HBase: StatementCheck allows no other.
      default -> false;
    };
  }

  private static String name(HivePrivilegeObject object) {
    if (object.getType() == HivePrivilegeObjectType.DATABASE) {
      return object.getDbname();
    }
    return (object.getDbname() == null ? "" : object.getDbname() + ".") + object.getObjectName();
  }

  private static String writes(Person person) {
    String scratch = Roles.scratch(person);
    return "the role " + person.role() + (scratch == null ? " reads only" : " writes to " + scratch + " only");
  }

  /** What SHOW DATABASES, SHOW TABLES and a client's lists name: only what the person may read. */
  @Override
  public List<HivePrivilegeObject> filterListCmdObjects(List<HivePrivilegeObject> listed, HiveAuthzContext context) {
    Person person = People.ofThisPlatform().named(session.getUserName());
    return person == null ? List.of() : listed.stream().filter(each -> mayRead(person, each)).toList();
  }

  @Override
  public void applyAuthorizationConfigPolicy(HiveConf conf) {
    conf.setModifiableWhiteListRegex(SessionSettings.SETTABLE);
  }

  @Override
  public List<String> getCurrentRoleNames() {
    Person person = People.ofThisPlatform().named(session.getUserName());
    return person == null ? List.of() : List.of(person.role());
  }

  @Override
  public boolean needTransform() {
    return false;
  }

  @Override
  public List<HivePrivilegeObject> applyRowFilterAndColumnMasking(
      HiveAuthzContext context, List<HivePrivilegeObject> objects) {
    return List.of();
  }
}
