package aero.hbase.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.spark.sql.connector.read.InputPartition;

/** The part of a range of keys that lies in one region: what a task reads. */
record Region(Keys keys) implements InputPartition {

  /** A range's parts in the order of their keys, none where it holds no key. */
  static Region[] of(String table, Keys keys, HashMap<String, String> settings) {
    List<Region> parts = new ArrayList<>();
    if (keys.isEmpty()) {
      return new Region[0];
    }
    try (RegionLocator regions = HBase.connection(settings).getRegionLocator(TableName.valueOf(table))) {
      for (HRegionLocation at : regions.getAllRegionLocations()) {
        Keys part = keys.and(new Keys(at.getRegion().getStartKey(), at.getRegion().getEndKey()));
        if (!part.isEmpty()) {
          parts.add(new Region(part));
        }
      }
    } catch (IOException away) {
      throw new UncheckedIOException(HBase.away(table, away));
    }
    return parts.toArray(Region[]::new);
  }
}
