package aero.doors.http;

import java.net.Authenticator;
import org.apache.hadoop.conf.Configuration;

/** Hadoop's own fsck, which asks a page of the NameNode: it signs in there. */
public final class Fsck {

  private Fsck() {}

  public static void main(String[] words) throws Exception {
    Configuration configuration = new Configuration();
    configuration.addResource("hdfs-site.xml");
    Authenticator.setDefault(new ToNameNode(configuration.get("dfs.namenode.http-address")));
    Class<?> fsck = Class.forName("org.apache.hadoop.hdfs.tools.DFSck");
    fsck.getMethod("main", String[].class).invoke(null, (Object) words);
  }
}
