package aero.hbase.spark;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;

/**
 * What several questions read of a region at the same time is read once: the charts of a page all ask of its day. A
 * question gets the rows of a reading that began three seconds before it at the earliest, or of one that goes on, five:
 * two questions go through the regions side by side, and the next two come when those have read the last. One that
 * finds none begins it, with the columns too that others asked for in the last minute, and those that come meanwhile
 * wait for it. All that is kept takes an eighth of the heap at most; of what is larger each reads its own.
 */
final class SharedRows {

  /** What is read: days, in a range of keys. */
  record Part(Mapping mapping, ByteBuffer first, ByteBuffer end, Days days) {

    static Part of(Mapping mapping, Keys keys, Days days) {
      return new Part(mapping, ByteBuffer.wrap(keys.first()), ByteBuffer.wrap(keys.end()), days);
    }
  }

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ASKED_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 8;
  /** Of a row and of a text in it, beside its bytes. */
  private static final int ROW_BYTES = 64;
  private static final int TEXT_BYTES = 24;
  /** Spark asks a task whether it is to end between two rows; here it is asked between so many. */
  private static final int ROWS_A_LOOK = 1_000;

  private static final Map<Part, Reading> READINGS = new HashMap<>();
  private static final Map<Mapping, Map<String, Long>> ASKED = new HashMap<>();
  /** Of all rows that a question still goes through, or that the next one may. */
  private static long keptBytes;

  private SharedRows() {}

  /** A reading of these columns; its rows are null where they are not kept. All else is guarded by READINGS. */
  private static final class Reading {
    private final long began = System.nanoTime();
    private final CompletableFuture<List<byte[][]>> rows = new CompletableFuture<>();
    private final Set<String> columns;
    private List<String> order;
    private long bytes;
    private int users = 1;
    private boolean isListed = true;

    Reading(Set<String> columns) {
      this.columns = columns;
    }

    boolean isFresh() {
      long age = System.nanoTime() - began;
      return age < FRESH_NANOS || (age < LONGEST_NANOS && !rows.isDone());
    }
  }

  /** The rows of a part, with these columns at least. */
  static Rows of(Part part, Set<String> columns, Rows.Opener opener) throws IOException {
    Reading reading;
    boolean isOwn;
    synchronized (READINGS) {
      reading = READINGS.get(part);
      isOwn = reading == null || !reading.isFresh() || !reading.columns.containsAll(columns);
      if (isOwn) {
        reading = listed(part, columns);
      } else {
        reading.users++;
      }
    }
    return isOwn ? read(reading, opener) : waitedFor(reading, columns, opener);
  }

  /** A new one, in the place of one that is there. */
  private static Reading listed(Part part, Set<String> columns) {
    Reading reading = new Reading(withAsked(part.mapping, columns));
    unlist(part, READINGS.put(part, reading));
    CompletableFuture.delayedExecutor(LONGEST_NANOS, TimeUnit.NANOSECONDS).execute(() -> unlist(part, reading));
    return reading;
  }

  /** Nobody else gets its rows. */
  private static void unlist(Part part, Reading reading) {
    synchronized (READINGS) {
      if (reading != null && reading.isListed) {
        READINGS.remove(part, reading);
        reading.isListed = false;
        forget(reading);
      }
    }
  }

  private static void leave(Reading reading) {
    synchronized (READINGS) {
      reading.users--;
      forget(reading);
    }
  }

  private static void forget(Reading reading) {
    if (!reading.isListed && reading.users == 0) {
      keptBytes -= reading.bytes;
      reading.bytes = 0;
    }
  }

  /** The columns, and those that were asked for lately; all where HBase sends all. */
  private static Set<String> withAsked(Mapping mapping, Set<String> columns) {
    long now = System.nanoTime();
    Map<String, Long> asked = ASKED.computeIfAbsent(mapping, none -> new HashMap<>());
    asked.values().removeIf(at -> now - at > ASKED_NANOS);
    columns.forEach(column -> asked.put(column, now));
    return asked.size() > RegionReaders.FEW ? mapping.cells().keySet() : new HashSet<>(asked.keySet());
  }

  private static Rows read(Reading reading, Rows.Opener opener) throws IOException {
    List<byte[][]> rows = new ArrayList<>();
    Rows left = null;
    boolean isRead = false;
    try {
      left = opener.open(reading.columns);
      reading.order = left.columns();
      for (byte[][] row = left.next(); row != null; row = left.next()) {
        rows.add(row);
        if (!isRoomFor(reading, row)) {
          isRead = true;
          return new KeptRows(reading, rows, left);
        }
        if (rows.size() % ROWS_A_LOOK == 0) {
          TaskContext.get().killTaskIfInterrupted();
        }
      }
      isRead = true;
      left.close();
      reading.rows.complete(rows);
      return new KeptRows(reading, rows, null);
    } catch (InterruptedIOException cancelled) {
      throw cancelled;
    } catch (IOException away) {
      reading.rows.completeExceptionally(away);
      throw away;
    } finally {
      reading.rows.complete(null); // Where it was not: there was no room, or the question was cancelled.
      if (!isRead) {
        leave(reading);
        if (left != null) {
          left.close();
        }
      }
    }
  }

  private static boolean isRoomFor(Reading reading, byte[][] row) {
    long bytes = ROW_BYTES;
    for (byte[] text : row) {
      bytes += text == null ? 0 : TEXT_BYTES + text.length;
    }
    synchronized (READINGS) {
      reading.bytes += bytes;
      keptBytes += bytes;
      return keptBytes <= MOST_BYTES;
    }
  }

  private static Rows waitedFor(Reading reading, Set<String> columns, Rows.Opener opener) throws IOException {
    List<byte[][]> rows = null;
    try {
      rows = reading.rows.get();
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The question was cancelled.");
    } catch (ExecutionException away) {
      throw (IOException) away.getCause();
    } finally {
      if (rows == null) {
        leave(reading);
      }
    }
    return rows == null ? opener.open(columns) : new KeptRows(reading, rows, null);
  }

  /** Rows that are kept, and behind them what is left to read, if anything is. */
  private static final class KeptRows implements Rows {
    private final Reading reading;
    private final Rows left;
    private Iterator<byte[][]> kept;

    KeptRows(Reading reading, List<byte[][]> kept, Rows left) {
      this.reading = reading;
      this.kept = kept.iterator();
      this.left = left;
    }

    @Override
    public List<String> columns() {
      return reading.order;
    }

    @Override
    public byte[][] next() throws IOException {
      return kept.hasNext() ? kept.next() : left == null ? null : left.next();
    }

    @Override
    public void close() throws IOException {
      if (kept != null) {
        kept = null;
        leave(reading);
        if (left != null) {
          left.close();
        }
      }
    }
  }
}
