import javax.servlet.http.HttpServlet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.http.InfoServer;

/** The pages of HBase's servers by HBase's own InfoServer and hbase-site.xml, without the servers. */
public final class InfoPages {

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = HBaseConfiguration.create();
    for (int at = 0; at < arguments.length; at += 2) {
      InfoServer pages =
          new InfoServer(arguments[at], "localhost", Integer.parseInt(arguments[at + 1]), false, configuration);
      pages.addPrivilegedServlet("own", "/own-page", Page.class);
      pages.start();
    }
    Thread.currentThread().join();
  }

  public static final class Page extends HttpServlet {}
}
