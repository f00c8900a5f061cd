package aero.hbase.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.RegionMetrics;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.Size;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.RegionLocator;

/**
 * How large a table is, as its region servers say. A question that joins a small one with millions of rows of history
 * sends it to each task; of one whose size is not known Spark sorts both sides.
 */
final class TableSize {

  private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long MEGABYTE = 1 << 20;
  private static final Map<String, Known> KNOWN = new ConcurrentHashMap<>();

  private TableSize() {}

  private record Known(long bytes, long at) {

    boolean isFresh() {
      return System.nanoTime() - at < FRESH_NANOS;
    }
  }

  /** Bytes of a table's files and of what is in memory, in megabytes, as of a minute before: one at least. */
  static long of(String table, HashMap<String, String> settings) {
    Known known = KNOWN.get(table);
    if (known == null || !known.isFresh()) {
      try {
        known = new Known(asked(HBase.connection(settings), TableName.valueOf(table)), System.nanoTime());
      } catch (IOException away) {
        throw new UncheckedIOException(HBase.away(table, away));
      }
      KNOWN.put(table, known);
    }
    return known.bytes;
  }

  private static long asked(Connection connection, TableName table) throws IOException {
    Set<ServerName> servers = new HashSet<>();
    try (RegionLocator regions = connection.getRegionLocator(table)) {
      for (HRegionLocation at : regions.getAllRegionLocations()) {
        servers.add(at.getServerName());
      }
    }
    servers.remove(null); // Of a region that is on its way to another server.
    double megabytes = 1;
    try (Admin admin = connection.getAdmin()) {
      for (ServerName server : servers) {
        for (RegionMetrics region : admin.getRegionMetrics(server, table)) {
          megabytes += region.getStoreFileSize().get(Size.Unit.MEGABYTE);
          megabytes += region.getMemStoreSize().get(Size.Unit.MEGABYTE);
        }
      }
    }
    return (long) (megabytes * MEGABYTE);
  }
}
