package aero.doors.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.types.DataType;
import scala.Option;
import scala.Product;
import scala.collection.Iterable;
import scala.collection.Iterator;

/** A walk over all that hangs on a plan: children, expressions, subqueries, common tables, statements in statements. */
final class Plans {

  private Plans() {}

  /** Show each node to `enters`, which says whether to go on below it. */
  static void visit(Object root, Predicate<TreeNode<?>> enters) {
    Deque<Object> waiting = new ArrayDeque<>();
    waiting.push(root);
    while (!waiting.isEmpty()) {
      Object one = waiting.pop();
      if (one instanceof TreeNode<?> node) {
        if (enters.test(node)) {
          pushAll(waiting, ((Product) node).productIterator());
        }
      } else if (one instanceof Option<?> || one.getClass().getName().startsWith("scala.Tuple")) {
        pushAll(waiting, ((Product) one).productIterator());
      } else if (one instanceof Iterable<?> many && !(one instanceof DataType)) {
        pushAll(waiting, many.iterator());
      }
    }
  }

  private static void pushAll(Deque<Object> waiting, Iterator<?> many) {
    while (many.hasNext()) {
      Object one = many.next();
      if (one != null) {
        waiting.push(one);
      }
    }
  }
}
