package aero.doors.hive;

import aero.doors.Person;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.antlr.runtime.tree.Tree;
import org.apache.hadoop.hive.ql.lib.Node;
import org.apache.hadoop.hive.ql.parse.ASTNode;
import org.apache.hadoop.hive.ql.parse.HiveParser;
import org.apache.hadoop.hive.ql.session.SessionState;

/**
 * Whether someone may read or change the tables that a statement names, and know its databases, judged before Hive looks
 * at them. {@link Authorizer} judges each again, those of views too, but when Hive has looked at all columns and
 * partitions: it would answer a wrong one's name with those that there are.
 */
final class TableCheck {

  /** Above the name of a table or view that is made, changed or dropped. */
  private static final Set<Integer> CHANGES = Set.of(
      HiveParser.TOK_TAB, HiveParser.TOK_ALTERTABLE, HiveParser.TOK_TABLE_PARTITION, HiveParser.TOK_CREATETABLE,
      HiveParser.TOK_DROPTABLE, HiveParser.TOK_CREATEVIEW, HiveParser.TOK_DROPVIEW, HiveParser.TOK_ALTERVIEW,
      HiveParser.TOK_ALTERTABLE_RENAME, HiveParser.TOK_ALTERTABLE_EXCHANGEPARTITION);

  /** Below them stands the name of a database, at once or after FROM. */
  private static final Set<Integer> OF_A_DATABASE = Set.of(
      HiveParser.TOK_SWITCHDATABASE, HiveParser.TOK_DESCDATABASE, HiveParser.TOK_SHOW_CREATEDATABASE);
  private static final Set<Integer> FROM_A_DATABASE = Set.of(HiveParser.TOK_SHOWTABLES, HiveParser.TOK_SHOWVIEWS);

  /** `common`: the names that WITH gives where `node` stands. */
  private record Part(ASTNode node, ASTNode parent, Set<String> common) {}

  private TableCheck() {}

  /** Raises Refused for the first table of the statement that is not `person`'s to read or to change. */
  static void check(Person person, ASTNode statement) throws Door.Refused {
    for (Part part : parts(statement)) {
      int kind = part.node.getType();
      if (kind == HiveParser.TOK_TABNAME) {
        checkTable(person, part);
      } else if (kind == HiveParser.TOK_CREATEDATABASE || kind == HiveParser.TOK_DROPDATABASE) {
        String database = StatementCheck.text(part.node.getChild(0)).toLowerCase(Locale.ROOT);
        Authorizer.checkChanges(person, database, database);
      } else if (kind == HiveParser.TOK_SHOW_TABLESTATUS) {
        checkStatus(person, part.node);
      } else if (OF_A_DATABASE.contains(kind)) {
        Authorizer.checkSees(person, StatementCheck.text(part.node.getChild(0)));
      } else if (FROM_A_DATABASE.contains(kind) && has(part.node, HiveParser.TOK_FROM)) {
        Authorizer.checkSees(person, StatementCheck.text(part.node.getChild(1)));
      }
    }
  }

  private static List<Part> parts(ASTNode statement) {
    List<Part> all = new ArrayList<>(List.of(new Part(statement, statement, Set.of())));
    for (int at = 0; at < all.size(); at++) {
      ASTNode node = all.get(at).node;
      Set<String> common = all.get(at).common;
      for (Node each : node.getChildren() == null ? List.<Node>of() : node.getChildren()) {
        ASTNode child = (ASTNode) each;
        all.add(new Part(child, node, common));
        if (node.getType() == HiveParser.TOK_CTE) {
          common = with(common, List.of(child)); // Those after it see it, itself does not.
        } else if (child.getType() == HiveParser.TOK_CTE) {
          common = with(common, child.getChildren()); // The first part of a query, of which the others see it.
        }
      }
    }
    return all;
  }

  private static Set<String> with(Set<String> common, List<? extends Node> queries) {
    Set<String> more = new HashSet<>(common);
    for (Node query : queries) {
      more.add(StatementCheck.text(((ASTNode) query).getChild(1)).toLowerCase(Locale.ROOT));
    }
    return more;
  }

  private static void checkTable(Person person, Part part) throws Door.Refused {
    Tree name = part.node;
    int above = part.parent.getType();
    boolean isPlain = name.getChildCount() == 1;
    String table = StatementCheck.text(name.getChild(isPlain ? 0 : 1)).toLowerCase(Locale.ROOT);
    String said = isPlain ? databaseOf(part.parent) : StatementCheck.text(name.getChild(0));
    String database = said.toLowerCase(Locale.ROOT);
    boolean isCommon = isPlain && above == HiveParser.TOK_TABREF && part.common.contains(table);
    if (isCommon || above == HiveParser.TOK_ALLCOLREF) {
      return; // t.* names what FROM does.
    } else if (!CHANGES.contains(above)) {
      Authorizer.checkReads(person, database, table);
    } else {
      Authorizer.checkChanges(person, database, database + "." + table);
    }
  }

  /** SHOW TABLE EXTENDED: a pattern, then perhaps a database and a partition. */
  private static void checkStatus(Person person, ASTNode status) throws Door.Refused {
    if (has(status, HiveParser.TOK_PARTSPEC) && !person.isOperator()) {
      // Its name is a pattern, but of one table then, which may be of any database.
      throw StatementCheck.refused(person, "use SHOW TABLE EXTENDED of a PARTITION: SHOW PARTITIONS lists them");
    }
    if (status.getChildCount() > 1 && status.getChild(1).getType() != HiveParser.TOK_PARTSPEC) {
      Authorizer.checkSees(person, StatementCheck.text(status.getChild(1)));
    }
  }

  /** Of a plain name: SHOW COLUMNS says it after FROM. */
  private static String databaseOf(ASTNode parent) {
    boolean isSaid = parent.getType() == HiveParser.TOK_SHOWCOLUMNS && has(parent, HiveParser.TOK_FROM);
    return isSaid ? StatementCheck.text(parent.getChild(2)) : SessionState.get().getCurrentDatabase();
  }

  private static boolean has(ASTNode node, int kind) {
    return node.getFirstChildWithType(kind) != null;
  }
}
