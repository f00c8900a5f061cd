package aero.doors.hive;

import aero.doors.Person;
import aero.doors.SignedIn;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.processors.HiveCommand;
import org.apache.hive.common.util.HiveStringUtils;
import org.apache.hive.service.cli.HiveSQLException;
import org.apache.hive.service.cli.OperationHandle;
import org.apache.hive.service.cli.SessionHandle;
import org.apache.hive.service.cli.session.HiveSessionImpl;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;

/**
 * A connection to HiveServer2, through which every statement comes: what is no SQL is judged here (`set`, `dfs`, `add`
 * and what a client sends when it connects), SQL by {@link StatementCheck} and {@link Authorizer}.
 *
 * <p>Hive's own substitution is off (hive.variable.substitute): it would show the server's variables by ${env:NAME},
 * so it would be text, and is refused. What `--hivevar` and `set hivevar:` gave is put in here, once and not again into what was put in.
 */
public class Session extends HiveSessionImpl {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:hivevar:)?([A-Za-z_]\\w*)\\}");

  private static final Pattern HIDDEN =
      Pattern.compile("\\$\\{(env|system|hiveconf|metaconf)[:.][^}]*\\}", Pattern.CASE_INSENSITIVE);

  /** As HiveServer2's SessionManager makes one, by reflection. The password is needed no longer. */
  public Session(
      SessionHandle handle,
      TProtocolVersion protocol,
      String name,
      String password,
      HiveConf conf,
      String address,
      List<String> forwarded) {
    super(handle, protocol, name, "", conf, address, forwarded);
  }

  @Override
  public void open(Map<String, String> settings) throws HiveSQLException {
    Map<String, String> asked = settings == null ? Map.of() : settings;
    try {
      Person person = Door.person(getUserName());
      for (Map.Entry<String, String> setting : asked.entrySet()) {
        SessionSettings.checkOpening(person, setting.getKey(), setting.getValue());
      }
    } catch (Door.Refused refusal) {
      throw refused("connect with " + asked.keySet(), refusal.getMessage());
    }
    super.open(new HashMap<>(asked));
    Door.write(getUserName(), getIpAddress(), "", "signed in", "");
    SignedIn.begins(
        getSessionHandle().getSessionId().toString(),
        getUserName(),
        () -> getSessionManager().closeSession(getSessionHandle()));
  }

  @Override
  public void close() throws HiveSQLException {
    SignedIn.ends(getSessionHandle().getSessionId().toString());
    super.close();
  }

  @Override
  public OperationHandle executeStatement(String statement, Map<String, String> settings) throws HiveSQLException {
    return asked(statement, settings, sql -> super.executeStatement(sql, settings));
  }

  @Override
  public OperationHandle executeStatement(String statement, Map<String, String> settings, long timeout)
      throws HiveSQLException {
    return asked(statement, settings, sql -> super.executeStatement(sql, settings, timeout));
  }

  @Override
  public OperationHandle executeStatementAsync(String statement, Map<String, String> settings)
      throws HiveSQLException {
    return asked(statement, settings, sql -> super.executeStatementAsync(sql, settings));
  }

  @Override
  public OperationHandle executeStatementAsync(String statement, Map<String, String> settings, long timeout)
      throws HiveSQLException {
    return asked(statement, settings, sql -> super.executeStatementAsync(sql, settings, timeout));
  }

  @Override
  public OperationHandle uploadData(ByteBuffer values, String table, String path) throws HiveSQLException {
    throw refused("upload to " + table + " or " + path, "Nobody may upload data through HiveServer2.");
  }

  @Override
  public OperationHandle downloadData(String table, String query, String format, Map<String, String> options)
      throws HiveSQLException {
    throw refused("download " + table + query, "Nobody may download data through HiveServer2: ask by SELECT.");
  }

  private interface Call {
    OperationHandle run(String sql) throws HiveSQLException;
  }

  private OperationHandle asked(String statement, Map<String, String> settings, Call call) throws HiveSQLException {
    Door.begin();
    try {
      String sql = checked(statement, settings == null ? Map.of() : settings);
      return call.run(sql);
    } catch (Door.Refused refusal) {
      throw refused(statement, refusal.getMessage());
    } catch (HiveSQLException failure) {
      if (Door.refusal() != null) {
        throw refused(statement, Door.refusal());
      }
      if (!Door.isRunning()) {
        Door.write(getUserName(), getIpAddress(), statement, "failed", failure.getMessage());
      }
      throw failure;
    } finally {
      Door.begin();
    }
  }

  /** The statement as Hive gets it. */
  private String checked(String statement, Map<String, String> settings) throws Door.Refused {
    Person person = Door.person(getUserName());
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      SessionSettings.check(setting.getKey(), setting.getValue());
    }
    String sql = substituted(statement);
    Matcher hidden = HIDDEN.matcher(sql);
    if (hidden.find()) {
      throw new Door.Refused("Nobody may see " + hidden.group() + ": it is a variable of the server.");
    }
    // As HiveServer2 looks whether it is a statement of its own or SQL.
    String[] words = HiveStringUtils.removeComments(sql).trim().split("\\s+");
    HiveCommand command = HiveCommand.find(words);
    if (command == HiveCommand.SET) {
      SessionSettings.checkStatement(HiveStringUtils.removeComments(sql).trim().substring(words[0].length()).trim());
      Door.write(person.name(), getIpAddress(), statement, "allowed", "");
    } else if (command != null) {
      String name = words[0].toLowerCase(Locale.ROOT);
      throw new Door.Refused("Nobody may use " + name + " through HiveServer2: it is a command to the server, not SQL.");
    }
    return sql;
  }

  private String substituted(String statement) {
    Map<String, String> variables = getSessionState().getHiveVariables();
    return VARIABLE
        .matcher(statement)
        .replaceAll(found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group())));
  }

  private HiveSQLException refused(String what, String sentence) {
    Door.write(getUserName(), getIpAddress(), what, "refused", sentence);
    return new HiveSQLException(sentence, "42000", 403);
  }
}
