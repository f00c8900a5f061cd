package aero.doors.spark;

import aero.doors.Person;
import aero.doors.Roles;
import java.util.Set;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.analysis.ResolvedNamespace;
import org.apache.spark.sql.catalyst.analysis.ResolvedPersistentView;
import org.apache.spark.sql.catalyst.analysis.ResolvedTable;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.expressions.UserDefinedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.View;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.execution.command.DescribeQueryCommand;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.orc.OrcFileFormat;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/** A statement whose tables are found: may the person read each of them, also those under views? */
final class Found {

  /** What rows may come from, beside tables. */
  private static final Set<String> SOURCES =
      Set.of(
          "OneRowRelation", "LocalRelation", "Range", "CTERelationRef", "HiveTableRelation", "LogicalRelation",
          "DataSourceV2Relation", "ResolvedTable", "ResolvedPersistentView", "ResolvedTempView", "ResolvedNamespace", "ResolvedIdentifier",
          "ResolvedPersistentFunc", "ResolvedNonPersistentFunc");

  /** Of hbase/spark: Hive's tables over HBase. */
  private static final String HBASE_TABLE = "aero.hbase.spark.HBaseTable";

  static final Roles ROLES = Roles.ofThisPlatform();

  private final Person person;
  private final SparkSession session;

  private Found(Person person, SparkSession session) {
    this.person = person;
    this.session = session;
  }

  static void check(org.apache.spark.sql.SparkSession session, LogicalPlan plan) {
    SparkSession own = (SparkSession) session;
    Found found = new Found(Asking.in(own), own);
    Plans.visit(plan, found::enters);
  }

  private boolean enters(TreeNode<?> node) {
    Written.checkStatement(person, node);
    if (node instanceof HiveTableRelation table) {
      mayRead(table.tableMeta().identifier());
    } else if (node instanceof LogicalRelation relation) {
      checkRelation(relation);
    } else if (node instanceof DataSourceV2Relation relation) {
      checkRelation(relation);
    } else if (node instanceof View view) {
      if (!view.isTempView()) {
        mayRead(view.desc().identifier());
      }
    } else if (node instanceof ResolvedTable table) {
      mayRead(table.identifier());
    } else if (node instanceof ResolvedPersistentView view) {
      mayRead(view.identifier());
    } else if (node instanceof ResolvedNamespace namespace) {
      CollectionConverters.asJava(namespace.namespace()).forEach(this::maySee);
    } else if (node instanceof Command) {
      checkNames(((scala.Product) node).productIterator());
    } else if (node instanceof CallMethodViaReflection || node instanceof UserDefinedExpression) {
      throw Refused.to(person, "call functions here that are not Spark's own, or that call Java");
    }
    checkSource(node);
    // Of these the statement within is looked at when it is explained or described.
    return !(node instanceof ExplainCommand || node instanceof DescribeQueryCommand);
  }

  private void checkSource(TreeNode<?> node) {
    boolean isSource = node instanceof LogicalPlan plan && !plan.children().iterator().hasNext() && !(node instanceof Command);
    if (isSource && !SOURCES.contains(node.getClass().getSimpleName().replace("$", ""))) {
      throw Refused.to(person, "read from " + node.nodeName() + " here: ask tables");
    }
  }

  private void checkRelation(LogicalRelation relation) {
    if (relation.catalogTable().isDefined()) {
      CatalogTable table = relation.catalogTable().get();
      mayRead(table.identifier());
      // Properties of a table in Hive can make it anything that Spark reads: a file, another database.
      if (!table.provider().exists(provider -> provider.equals("hive"))) {
        throw Refused.to(person, "read " + table.identifier().unquotedString() + " here: it is no table of Hive's");
      }
      return;
    }
    boolean isOrc = relation.relation() instanceof HadoopFsRelation files && files.fileFormat() instanceof OrcFileFormat;
    if (!person.isOperator() || !isOrc) {
      throw Refused.to(person, "read files here: ask tables");
    }
  }

  private void checkRelation(DataSourceV2Relation relation) {
    boolean isHBase = relation.table().getClass().getName().equals(HBASE_TABLE);
    if (!isHBase || relation.identifier().isEmpty()) {
      throw Refused.to(person, "read " + relation.name() + " here: it is no table of Hive's");
    }
    mayRead(relation.identifier().get());
  }

  /** SHOW and DESCRIBE name their table. */
  private void checkNames(Iterator<?> fields) {
    while (fields.hasNext()) {
      if (fields.next() instanceof TableIdentifier name) {
        mayRead(name);
      }
    }
  }

  private void mayRead(Identifier name) {
    String[] database = name.namespace();
    mayRead(database.length == 0 ? null : database[database.length - 1], name.name());
  }

  private void mayRead(TableIdentifier name) {
    mayRead(name.database().isEmpty() ? null : name.database().get(), name.table());
  }

  private void mayRead(String database, String table) {
    mayRead(person, database == null ? session.sessionState().catalog().getCurrentDatabase() : database, table);
  }

  static void mayRead(Person person, String database, String table) {
    if (!ROLES.mayRead(person, database, table)) {
      throw Refused.to(person, "read " + database + "." + table + ": " + ROLES.has(person));
    }
  }

  private void maySee(String database) {
    if (!ROLES.maySee(person, database)) {
      throw Refused.to(person, "read " + database + ": " + ROLES.has(person));
    }
  }
}
