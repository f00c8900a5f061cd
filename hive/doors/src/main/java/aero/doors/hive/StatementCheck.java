package aero.doors.hive;

import aero.doors.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.antlr.runtime.tree.Tree;
import org.apache.hadoop.hive.ql.lib.Node;
import org.apache.hadoop.hive.ql.parse.ASTNode;
import org.apache.hadoop.hive.ql.parse.AbstractSemanticAnalyzerHook;
import org.apache.hadoop.hive.ql.parse.BaseSemanticAnalyzer;
import org.apache.hadoop.hive.ql.parse.HiveParser;
import org.apache.hadoop.hive.ql.parse.HiveSemanticAnalyzerHookContext;
import org.apache.hadoop.hive.ql.parse.SemanticException;
import org.apache.hadoop.hive.ql.session.SessionState;

/**
 * What kind of statement someone may ask, and which classes, files and functions it may name: judged by its syntax
 * tree, before Hive looks at any of them (hive.semantic.analyzer.hook). Only what is listed is allowed.
 */
public class StatementCheck extends AbstractSemanticAnalyzerHook {

  private static final Set<Integer> READS = Set.of(
      HiveParser.TOK_QUERY, HiveParser.TOK_SWITCHDATABASE, HiveParser.TOK_SHOWDATABASES, HiveParser.TOK_SHOWTABLES,
      HiveParser.TOK_SHOWVIEWS, HiveParser.TOK_SHOWCOLUMNS, HiveParser.TOK_SHOWFUNCTIONS, HiveParser.TOK_SHOWPARTITIONS,
      HiveParser.TOK_SHOW_CREATETABLE, HiveParser.TOK_SHOW_CREATEDATABASE, HiveParser.TOK_SHOW_TABLESTATUS,
      HiveParser.TOK_DESCTABLE, HiveParser.TOK_DESCDATABASE, HiveParser.TOK_DESCFUNCTION);
  private static final Set<Integer> WRITES = Set.of(
      HiveParser.TOK_CREATETABLE, HiveParser.TOK_DROPTABLE, HiveParser.TOK_TRUNCATETABLE, HiveParser.TOK_CREATEVIEW,
      HiveParser.TOK_DROPVIEW, HiveParser.TOK_CREATEDATABASE, HiveParser.TOK_DROPDATABASE, HiveParser.TOK_ALTERTABLE);
  // Hive judges the table of SHOW TBLPROPERTIES by nobody.
  private static final Set<Integer> OPERATES = Set.of(
      HiveParser.TOK_SHOW_TBLPROPERTIES,
      HiveParser.TOK_MSCK, HiveParser.TOK_ANALYZE, HiveParser.TOK_ALTERDATABASE_PROPERTIES, HiveParser.TOK_SHOWLOCKS,
      HiveParser.TOK_SHOWMATERIALIZEDVIEWS, HiveParser.TOK_ALTERVIEW);
  private static final Set<Integer> ANALYST_ALTERS =
      Set.of(HiveParser.TOK_ALTERTABLE_ADDCOLS, HiveParser.TOK_ALTERTABLE_DROPPARTS);
  private static final Set<Integer> OPERATOR_ALTERS = Set.of(
      HiveParser.TOK_ALTERTABLE_ADDCOLS, HiveParser.TOK_ALTERTABLE_DROPPARTS, HiveParser.TOK_ALTERTABLE_ADDPARTS,
      HiveParser.TOK_ALTERTABLE_REPLACECOLS, HiveParser.TOK_ALTERTABLE_RENAMECOL, HiveParser.TOK_ALTERTABLE_RENAME,
      HiveParser.TOK_ALTERTABLE_RENAMEPART, HiveParser.TOK_ALTERTABLE_LOCATION, HiveParser.TOK_ALTERPARTITION_LOCATION,
      HiveParser.TOK_ALTERTABLE_PROPERTIES, HiveParser.TOK_ALTERTABLE_DROPPROPERTIES,
      HiveParser.TOK_ALTERTABLE_EXCHANGEPARTITION, HiveParser.TOK_ALTERTABLE_TOUCH);
  private static final Set<Integer> LOCATIONS = Set.of(
      HiveParser.TOK_TABLELOCATION, HiveParser.TOK_PARTITIONLOCATION, HiveParser.TOK_ALTERTABLE_LOCATION,
      HiveParser.TOK_ALTERPARTITION_LOCATION, HiveParser.TOK_DATABASELOCATION,
      HiveParser.TOK_DATABASE_MANAGEDLOCATION);
  private static final Set<Integer> CLASSES = Set.of(
      HiveParser.TOK_SERDENAME, HiveParser.TOK_STORAGEHANDLER, HiveParser.TOK_TABLEFILEFORMAT,
      HiveParser.TOK_RECORDREADER, HiveParser.TOK_RECORDWRITER);
  private static final Set<Integer> FUNCTIONS =
      Set.of(HiveParser.TOK_FUNCTION, HiveParser.TOK_FUNCTIONDI, HiveParser.TOK_FUNCTIONSTAR);

  /** The classes that tables of this repository name. */
  private static final Set<String> KNOWN_CLASSES = Set.of(
      "aero.hive.HBaseTableHandler", "org.apache.hadoop.hive.serde2.OpenCSVSerde",
      "org.apache.hadoop.hive.serde2.JsonSerDe", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
      "org.apache.hadoop.hive.ql.io.orc.OrcSerde", "org.apache.hadoop.mapred.TextInputFormat",
      "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
      "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat");
  private static final Set<String> FORMATS = Set.of("orc", "parquet", "textfile", "jsonfile");
  private static final Set<String> ANALYST_PROPERTIES =
      Set.of("orc.compress", "parquet.compression", "skip.header.line.count", "external.table.purge", "comment");
  /** They name classes, files, or other servers. */
  private static final Pattern BAD_PROPERTIES =
      Pattern.compile("avro\\.schema\\..*|storage_handler|hive\\.sql\\..*|.*class.*|authorized|.*\\.(jar|path|url)s?");
  /** Also those of hive.server2.builtin.udf.blacklist, which refuses them in views too. */
  private static final Set<String> BAD_FUNCTIONS = Set.of(
      "reflect", "reflect2", "java_method", "in_file", "get_splits", "get_llap_splits", "get_sql_schema",
      "assert_true_oom", "hplsql");

  @Override
  public ASTNode preAnalyze(HiveSemanticAnalyzerHookContext context, ASTNode statement) throws SemanticException {
    try {
      Person person = Door.person(context.getUserName());
      ASTNode asked = statement;
      while (asked.getType() == HiveParser.TOK_EXPLAIN) {
        for (Node option : asked.getChildren()) {
          // It lists the tables of a question without asking whether one may read them.
          if (((ASTNode) option).getType() == HiveParser.KW_AUTHORIZATION) {
            throw new Door.Refused("Nobody may use EXPLAIN AUTHORIZATION: it is not judged by roles.");
          }
        }
        asked = (ASTNode) asked.getChild(0);
      }
      checkKind(person, asked);
      checkParts(person, asked);
      TableCheck.check(person, asked);
      return statement;
    } catch (Door.Refused refusal) {
      throw new SemanticException(Door.refuse(refusal));
    }
  }

  private static void checkKind(Person person, ASTNode asked) throws Door.Refused {
    int kind = asked.getType();
    boolean isAnalyst = person.role().equals("analyst");
    boolean mayWrite = person.isOperator() || isAnalyst;
    if (kind == HiveParser.TOK_ALTERTABLE && mayWrite) {
      // ALTER TABLE, then the table's name, perhaps a partition, and what to do.
      for (Node child : asked.getChildren()) {
        int type = ((ASTNode) child).getType();
        boolean isName = type == HiveParser.TOK_TABNAME || type == HiveParser.TOK_PARTSPEC;
        if (!isName && !(isAnalyst ? ANALYST_ALTERS : OPERATOR_ALTERS).contains(type)) {
          throw refused(person, "change a table by " + words((ASTNode) child));
        }
      }
    }
    boolean isAllowed = READS.contains(kind) || mayWrite && WRITES.contains(kind)
        || person.isOperator() && OPERATES.contains(kind);
    if (!isAllowed) {
      throw refused(person, "use " + words(asked));
    }
  }

  private static void checkParts(Person person, ASTNode top) throws Door.Refused {
    List<ASTNode> all = new ArrayList<>(List.of(top));
    for (int at = 0; at < all.size(); at++) {
      ASTNode node = all.get(at);
      checkPart(person, node);
      for (Node child : node.getChildren() == null ? List.<Node>of() : node.getChildren()) {
        all.add((ASTNode) child);
      }
    }
  }

  private static void checkPart(Person person, ASTNode node) throws Door.Refused {
    int kind = node.getType();
    if (kind == HiveParser.TOK_TRANSFORM) {
      throw new Door.Refused("Nobody may use TRANSFORM, MAP or REDUCE: they run a program on the servers.");
    } else if (kind == HiveParser.TOK_LIKEFILE) {
      throw new Door.Refused("Nobody may make a table LIKE FILE: it reads any file of the servers.");
    } else if (FUNCTIONS.contains(kind)) {
      checkFunction(text(node.getChild(0)).toLowerCase(Locale.ROOT).replaceFirst(".*\\.", ""));
    } else if (LOCATIONS.contains(kind)) {
      checkLocation(person, node);
    } else if (kind == HiveParser.TOK_DIR) {
      checkDirectory(person, node);
    } else if (CLASSES.contains(kind)) {
      checkClasses(person, node);
    } else if (kind == HiveParser.TOK_FILEFORMAT_GENERIC) {
      checkFormat(text(node.getChild(0)));
    } else if (kind == HiveParser.TOK_TABLEPROPERTY) {
      checkProperty(person, text(node.getChild(0)).toLowerCase(Locale.ROOT));
    } else if (kind == HiveParser.TOK_LIKETABLE && node.getChildCount() > 0 && !person.isOperator()) {
      // A copy of a table over HBase would be that table.
      throw refused(person, "make a table LIKE another: CREATE TABLE … AS SELECT makes one");
    }
  }

  private static void checkFunction(String name) throws Door.Refused {
    if (BAD_FUNCTIONS.contains(name)) {
      throw new Door.Refused("Nobody may use the function " + name + ": it reaches out of the question.");
    }
  }

  private static void checkLocation(Person person, ASTNode node) throws Door.Refused {
    if (!person.isOperator()) {
      throw refused(person, "say LOCATION: a table of their own lies where Hive puts it");
    }
    for (Node child : node.getChildren()) {
      ASTNode place = (ASTNode) child;
      if (place.getType() == HiveParser.StringLiteral && !isInLake(text(place))) {
        throw new Door.Refused("Nobody may say LOCATION " + text(place) + ": it must be below " + lake() + ".");
      }
    }
  }

  /** INSERT OVERWRITE DIRECTORY; the folder of an answer, which Hive names itself, is another kind of node. */
  private static void checkDirectory(Person person, ASTNode node) throws Door.Refused {
    if (node.getChildCount() == 1 && node.getChild(0).getType() == HiveParser.TOK_TMP_FILE) {
      return;
    }
    for (int at = 1; at < node.getChildCount(); at++) {
      if (node.getChild(at).getType() == HiveParser.KW_LOCAL) {
        throw new Door.Refused("Nobody may write to a LOCAL DIRECTORY: it is one of the server.");
      }
    }
    if (!person.isOperator()) {
      throw refused(person, "write to a DIRECTORY: a table of their own can hold it");
    } else if (!isInLake(text(node.getChild(0)))) {
      throw new Door.Refused("Nobody may write to " + text(node.getChild(0)) + ": it must be below " + lake() + ".");
    }
  }

  private static void checkClasses(Person person, ASTNode node) throws Door.Refused {
    for (Node child : node.getChildren() == null ? List.<Node>of() : node.getChildren()) {
      ASTNode one = (ASTNode) child;
      String name = text(one);
      if (one.getType() != HiveParser.StringLiteral) {
        continue; // Properties, which are looked at on their own.
      } else if (!person.isOperator()) {
        throw refused(person, "name a class (SERDE, INPUTFORMAT, STORED BY): STORED AS ORC needs none");
      } else if (!KNOWN_CLASSES.contains(name)) {
        throw new Door.Refused("Nobody may name the class " + name + ", only those of this platform's own tables.");
      }
    }
    if (node.getType() == HiveParser.TOK_STORAGEHANDLER && node.getChild(0).getType() != HiveParser.StringLiteral) {
      checkFormat(text(node.getChild(0))); // STORED BY ICEBERG
    }
  }

  private static void checkFormat(String name) throws Door.Refused {
    if (!FORMATS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new Door.Refused("Nobody may store as " + name + ": ORC, PARQUET, TEXTFILE and JSONFILE are there.");
    }
  }

  private static void checkProperty(Person person, String name) throws Door.Refused {
    boolean isGood = person.isOperator() ? !BAD_PROPERTIES.matcher(name).matches() : ANALYST_PROPERTIES.contains(name);
    if (!isGood) {
      throw refused(person, "set the property " + name + " of a table");
    }
  }

  static Door.Refused refused(Person person, String what) {
    return person.isOperator()
        ? new Door.Refused("Nobody may " + what + " through HiveServer2.")
        : new Door.Refused(person.name() + " may not " + what + " (role " + person.role() + ").");
  }

  private static String lake() {
    return System.getenv("AERO_LAKE");
  }

  /** Whether a path, which may begin with the name of this platform's file system, is below the folder of all tables. */
  static boolean isInLake(String path) {
    String fileSystem = SessionState.getSessionConf().get("fs.defaultFS");
    String plain = path.startsWith(fileSystem + "/") ? path.substring(fileSystem.length()) : path;
    return plain.startsWith(lake() + "/") && !plain.contains("..") && !plain.contains("$");
  }

  /** As Hive reads a literal or a name. */
  static String text(Tree node) {
    return node.getType() == HiveParser.StringLiteral
        ? BaseSemanticAnalyzer.unescapeSQLString(node.getText())
        : BaseSemanticAnalyzer.unescapeIdentifier(node.getText());
  }

  /** TOK_ALTERTABLE_RENAME in a person's words: ALTER TABLE RENAME. */
  private static String words(ASTNode node) {
    String name = node.getText().replace("TOK_", "").replace('_', ' ');
    return name.replaceFirst("^(CREATE|DROP|ALTER|SHOW|TRUNCATE|RELOAD|LOCK|UNLOCK)(?=[A-Z])", "$1 ");
  }
}
