package aero.hbase.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * What several questions read of a region at the same time is read once: the charts of a page all ask of its day. A
 * question gets the rows of a reading that began a second before it at the earliest. One that finds none begins it, with
 * the columns too that others asked for in the last minute, and those that come meanwhile wait for it. They are kept in
 * an eighth of the heap at most; of what is larger each reads its own.
 */
final class SharedRows {

  /** What is read: days, in a range of keys. */
  record Part(Mapping mapping, String keys, Days days) {}

  private static final long FRESH_MILLIS = 1_000;
  private static final long ASKED_MILLIS = 60_000;
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 8;
  /** Of a row and of a text in it, beside its bytes. */
  private static final int ROW_BYTES = 64;
  private static final int TEXT_BYTES = 24;

  private static final Map<Part, Reading> READINGS = new HashMap<>();
  private static final Map<Mapping, Map<String, Long>> ASKED = new HashMap<>();

  private SharedRows() {}

  /** A reading of these columns; its rows are null where they are not kept. */
  private static final class Reading {
    private final long began = System.currentTimeMillis();
    private final CompletableFuture<List<byte[][]>> rows = new CompletableFuture<>();
    private final Set<String> columns;
    private List<String> order;
    private volatile long bytes;

    Reading(Set<String> columns) {
      this.columns = columns;
    }
  }

  /** The rows of a part, with these columns at least. */
  static Rows of(Part part, Set<String> columns, Rows.Opener opener) throws IOException {
    Reading reading;
    boolean isOwn = false;
    synchronized (READINGS) {
      long now = System.currentTimeMillis();
      READINGS.values().removeIf(one -> one.began < now - FRESH_MILLIS);
      reading = READINGS.get(part);
      if (reading == null || !reading.columns.containsAll(columns)) {
        isOwn = true;
        reading = new Reading(withAsked(part.mapping, columns, now));
        READINGS.put(part, reading);
      }
    }
    return isOwn ? read(reading, opener) : waitedFor(reading, columns, opener);
  }

  /** The columns, and those that were asked for lately; all where HBase sends all. */
  private static Set<String> withAsked(Mapping mapping, Set<String> columns, long now) {
    Map<String, Long> asked = ASKED.computeIfAbsent(mapping, none -> new HashMap<>());
    asked.values().removeIf(at -> at < now - ASKED_MILLIS);
    columns.forEach(column -> asked.put(column, now));
    return asked.size() > RegionReaders.FEW ? mapping.cells().keySet() : new HashSet<>(asked.keySet());
  }

  private static Rows read(Reading reading, Rows.Opener opener) throws IOException {
    List<byte[][]> rows = new ArrayList<>();
    try {
      Rows left = opener.open(reading.columns);
      reading.order = left.columns();
      for (byte[][] row = left.next(); row != null; row = left.next()) {
        rows.add(row);
        if (!isRoomFor(reading, row)) {
          return new KeptRows(reading.order, rows.iterator(), left);
        }
      }
      left.close();
      reading.rows.complete(rows);
      return new KeptRows(reading.order, rows.iterator(), null);
    } finally {
      reading.rows.complete(null); // Where it was not: there was no room, or no HBase, or the question was cancelled.
    }
  }

  private static boolean isRoomFor(Reading reading, byte[][] row) {
    reading.bytes += ROW_BYTES;
    for (byte[] text : row) {
      reading.bytes += text == null ? 0 : TEXT_BYTES + text.length;
    }
    synchronized (READINGS) {
      return READINGS.values().stream().mapToLong(one -> one.bytes).sum() <= MOST_BYTES;
    }
  }

  private static Rows waitedFor(Reading reading, Set<String> columns, Rows.Opener opener) throws IOException {
    try {
      List<byte[][]> rows = reading.rows.get();
      return rows == null ? opener.open(columns) : new KeptRows(reading.order, rows.iterator(), null);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new IOException("The question was cancelled.", cancelled);
    } catch (ExecutionException never) {
      throw new IOException(never);
    }
  }

  /** Rows that are kept, and behind them what is left to read, if anything is. */
  private record KeptRows(List<String> columns, Iterator<byte[][]> kept, Rows left) implements Rows {

    @Override
    public byte[][] next() throws IOException {
      return kept.hasNext() ? kept.next() : left == null ? null : left.next();
    }

    @Override
    public void close() throws IOException {
      if (left != null) {
        left.close();
      }
    }
  }
}
