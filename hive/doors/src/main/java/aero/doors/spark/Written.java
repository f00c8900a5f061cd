package aero.doors.spark;

import aero.doors.Person;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.PlanWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.UnresolvedExecuteImmediate;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedGenerator;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableValuedFunction;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.CompoundPlanStatement;
import org.apache.spark.sql.catalyst.plans.logical.ExecutableDuringAnalysis;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoDir;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.execution.command.ResetCommand;
import org.apache.spark.sql.execution.command.SetCommand;
import scala.jdk.javaapi.CollectionConverters;

/** A statement as it was written: what it is, and which functions and files it names. */
final class Written {

  /** Spark's names of the statements that change nothing, as they are written and as they run. */
  private static final Pattern QUESTIONS =
      Pattern.compile(
          "Show(Tables|Views|Namespaces|Columns|Partitions|TableProperties|CreateTable|CreateTableAsSerde|Functions"
              + "|CurrentNamespace|Catalogs)(Command)?"
              + "|Describe(Relation|RelationJson|Table|Column|Namespace|Database|Function|Query)(Command)?"
              + "|ExplainCommand|SetNamespaceCommand|SetCatalogAndNamespace|SetCommand|ResetCommand"
              + "|(Create|Set|Drop)Variable");

  private static final Pattern OF_OPERATORS =
      Pattern.compile("(CacheTable|UncacheTable|RefreshTable|ClearCache)(Command)?");

  /** They call Java, or read files that their arguments name. */
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          "java_method", "reflect", "try_reflect", "from_avro", "to_avro", "schema_of_avro", "from_protobuf",
          "to_protobuf", "from_xml", "schema_of_xml", "python_worker_logs");

  private static final Set<String> FORMATS =
      Set.of("text", "csv", "json", "xml", "orc", "parquet", "avro", "binaryfile", "libsvm", "image", "jdbc", "delta",
          "hive", "kafka", "socket", "rate");

  private static final Pattern FOLDER = Pattern.compile("(/[\\w=.-]*\\w)+");

  private Written() {}

  /** `tree`, if `person` may say so. */
  static <T extends TreeNode<?>> T checked(Person person, T tree) {
    Plans.visit(
        tree,
        node -> {
          check(person, node);
          return true;
        });
    return tree;
  }

  private static void check(Person person, TreeNode<?> node) {
    if (node instanceof SetCommand set) {
      Settings.check(person, set);
    } else if (node instanceof ResetCommand reset) {
      Settings.check(person, reset);
    } else if (node instanceof UnresolvedRelation relation) {
      checkRelation(person, relation);
    } else if (node instanceof UnresolvedFunction function) {
      checkFunction(person, CollectionConverters.asJava(function.nameParts()));
    } else if (node instanceof UnresolvedTableValuedFunction function) {
      checkFunction(person, CollectionConverters.asJava(function.name()));
    } else if (node instanceof UnresolvedGenerator function) {
      checkFunction(person, List.of(function.name().funcName()));
    } else if (node instanceof PlanWithUnresolvedIdentifier || node instanceof ExpressionWithUnresolvedIdentifier) {
      throw Refused.to(person, "name tables or columns by IDENTIFIER(…) here: write their names");
    }
    checkStatement(person, node);
  }

  /** Of a plan too whose tables are found: for writing, Spark has other classes then. */
  static void checkStatement(Person person, TreeNode<?> node) {
    boolean isNever =
        node instanceof CompoundPlanStatement
            || node instanceof ParsedStatement
            || node instanceof ExecutableDuringAnalysis
            || node instanceof InsertIntoDir
            || node instanceof ScriptTransformation
            || node instanceof UnresolvedExecuteImmediate;
    String name = node.getClass().getSimpleName().replace("$", "");
    if (!isNever && (!(node instanceof Command) || QUESTIONS.matcher(name).matches())) {
      return;
    }
    if (OF_OPERATORS.matcher(name).matches()) {
      if (!person.isOperator()) {
        throw Refused.to(person, "say " + words(name) + ": that is for operators");
      }
      return;
    }
    throw Refused.to(
        person,
        "say " + words(name) + " here: the Spark Thrift Server answers SELECT, SHOW, DESCRIBE, EXPLAIN and USE");
  }

  /** What Spark's class is, in words: AddJarsCommand is ADD JARS. */
  private static String words(String name) {
    return name.replaceAll("^Unresolved|(Command|Statement|Execution|Body)$", "")
        .replace("Compound", "BeginEnd")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toUpperCase(Locale.ROOT);
  }

  private static void checkFunction(Person person, List<String> parts) {
    String name = parts.get(parts.size() - 1).toLowerCase(Locale.ROOT);
    if (NO_FUNCTIONS.contains(name) || name.startsWith("xpath")) {
      throw Refused.to(person, "call " + name + " here: it can run code or read files of the server");
    }
  }

  private static void checkRelation(Person person, UnresolvedRelation relation) {
    List<String> parts = CollectionConverters.asJava(relation.multipartIdentifier());
    String last = parts.get(parts.size() - 1);
    boolean isFile = FORMATS.contains(parts.get(0).toLowerCase(Locale.ROOT)) || last.contains("/") || last.contains(":");
    // `aero diff` compares the folders of two loads. Without a scheme they are on HDFS.
    boolean isLoad = parts.size() == 2 && parts.get(0).equalsIgnoreCase("orc") && FOLDER.matcher(last).matches();
    if (isFile && !(person.isOperator() && isLoad)) {
      throw Refused.to(person, "read files here: ask tables");
    }
    if (relation.isStreaming() || !relation.options().isEmpty()) {
      throw Refused.to(person, "read tables WITH options or as a STREAM here");
    }
  }
}
