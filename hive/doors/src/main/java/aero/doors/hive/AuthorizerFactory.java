package aero.doors.hive;

import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.security.HiveAuthenticationProvider;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAuthorizer;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAuthorizerFactory;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAuthzSessionContext;
import org.apache.hadoop.hive.ql.security.authorization.plugin.HiveMetastoreClientFactory;

/** Named by hive.security.authorization.manager. */
public class AuthorizerFactory implements HiveAuthorizerFactory {

  @Override
  public HiveAuthorizer createHiveAuthorizer(
      HiveMetastoreClientFactory metastore,
      HiveConf conf,
      HiveAuthenticationProvider asked,
      HiveAuthzSessionContext context) {
    return new Authorizer(asked);
  }
}
