package aero.hbase.spark;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Rows in the order of their keys. Each is its key, and then the text of each of `columns`, null where it has none. */
interface Rows extends Closeable {

  List<String> columns();

  /** The next row; null behind the last. */
  byte[][] next() throws IOException;

  /** Begins to read rows with these columns at least. */
  interface Opener {
    Rows open(Set<String> columns) throws IOException;
  }
}
