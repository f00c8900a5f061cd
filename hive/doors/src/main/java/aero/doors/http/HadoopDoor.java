package aero.doors.http;

import java.net.Authenticator;
import java.util.HashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.http.FilterContainer;
import org.apache.hadoop.http.FilterInitializer;

/** Puts the door before the pages of HDFS and YARN: hadoop.http.filter.initializers. */
public final class HadoopDoor extends FilterInitializer {

  @Override
  public void initFilter(FilterContainer pages, Configuration configuration) {
    pages.addGlobalFilter("aero-door", Door.class.getName(), new HashMap<>());
    if ("secondarynamenode".equals(System.getProperty("aero.service"))) {
      Authenticator.setDefault(new ToNameNode(configuration.get("dfs.namenode.http-address")));
    }
  }
}
