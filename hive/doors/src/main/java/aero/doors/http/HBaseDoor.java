package aero.doors.http;

import java.util.HashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.http.FilterContainer;
import org.apache.hadoop.hbase.http.FilterInitializer;

/** Puts the door before the pages of HBase: hbase.http.filter.initializers. */
public final class HBaseDoor extends FilterInitializer {

  @Override
  public void initFilter(FilterContainer pages, Configuration configuration) {
    pages.addGlobalFilter("aero-door", Door.class.getName(), new HashMap<>());
  }
}
