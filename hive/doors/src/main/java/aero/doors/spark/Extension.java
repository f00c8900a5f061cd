package aero.doors.spark;

import org.apache.spark.sql.SparkSessionExtensions;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * `spark.sql.extensions` of the Spark Thrift Server: whoever signed in may ask, and read what their role may read.
 *
 * <p>A statement is looked at twice: as it was written ({@link Written}), before any of it is looked up or computed, and
 * with its tables found ({@link Found}), before it runs. Views, EXECUTE IMMEDIATE and what EXPLAIN explains pass here
 * on their own.
 */
public final class Extension extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  static final String DOOR = "spark";

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    OwnSettings.keep();
    extensions.injectParser((session, parser) -> new Asking(session, parser));
    extensions.injectCheckRule(
        session ->
            plan -> {
              Found.check(session, plan);
              return BoxedUnit.UNIT;
            });
    return BoxedUnit.UNIT;
  }
}
