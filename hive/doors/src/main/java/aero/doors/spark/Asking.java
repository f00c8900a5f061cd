package aero.doors.spark;

import aero.doors.People;
import aero.doors.Person;
import org.apache.hive.service.auth.TSetIpAddressProcessor;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParameterContext;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;

/**
 * The parser of one session, which knows whose it is: it is made while the connection's request to open a session is
 * handled, on that thread, by the name that signed in on the connection. No statement or setting reaches it.
 */
final class Asking implements ParserInterface {

  private final SparkSession session;
  private final ParserInterface spark;
  private final String who = TSetIpAddressProcessor.getUserName();

  Asking(SparkSession session, ParserInterface spark) {
    this.session = session;
    this.spark = spark;
  }

  /**
   * Who asks in this thread, with the role of this moment: the one whose request to the server it handles, or whose
   * statement it runs.
   */
  static Person here() {
    String name = TSetIpAddressProcessor.getUserName();
    if (name != null) {
      return person(name);
    }
    Option<SparkSession> active = SparkSession.getActiveSession();
    return in((org.apache.spark.sql.classic.SparkSession) active.getOrElse(() -> null));
  }

  /** Who asks in a session, with the role of this moment. */
  static Person in(org.apache.spark.sql.classic.SparkSession session) {
    if (session != null && session.sessionState().sqlParser() instanceof Asking asking) {
      return person(asking.who);
    }
    throw Refused.because("Nobody has signed in on this session.");
  }

  private static Person person(String who) {
    Person person = People.ofThisPlatform().named(who);
    if (person == null) {
      throw Refused.because((who == null ? "Nobody" : who) + " may not ask here: no longer among the people.");
    }
    return person;
  }

  private Person beforeParsing() {
    Person person = person(who);
    Settings.check(person, (org.apache.spark.sql.classic.SparkSession) session);
    return person;
  }

  @Override
  public LogicalPlan parsePlan(String text) throws ParseException {
    Person person = beforeParsing();
    return Written.checked(person, spark.parsePlan(text));
  }

  @Override
  public LogicalPlan parsePlanWithParameters(String text, ParameterContext parameters) throws ParseException {
    Person person = beforeParsing();
    return Written.checked(person, spark.parsePlanWithParameters(text, parameters));
  }

  @Override
  public LogicalPlan parseQuery(String text) throws ParseException {
    Person person = beforeParsing();
    return Written.checked(person, spark.parseQuery(text));
  }

  @Override
  public Expression parseExpression(String text) throws ParseException {
    Person person = beforeParsing();
    return Written.checked(person, spark.parseExpression(text));
  }

  @Override
  public TableIdentifier parseTableIdentifier(String text) throws ParseException {
    return spark.parseTableIdentifier(text);
  }

  @Override
  public FunctionIdentifier parseFunctionIdentifier(String text) throws ParseException {
    return spark.parseFunctionIdentifier(text);
  }

  @Override
  public Seq<String> parseMultipartIdentifier(String text) throws ParseException {
    return spark.parseMultipartIdentifier(text);
  }

  @Override
  public StructType parseRoutineParam(String text) throws ParseException {
    return spark.parseRoutineParam(text);
  }

  @Override
  public StructType parseTableSchema(String text) throws ParseException {
    return spark.parseTableSchema(text);
  }

  @Override
  public DataType parseDataType(String text) throws ParseException {
    return spark.parseDataType(text);
  }
}
