package aero.doors.hive;

import org.apache.hadoop.hive.ql.hooks.ExecuteWithHookContext;
import org.apache.hadoop.hive.ql.hooks.HookContext;

/** Writes down a statement that was found right, when it begins (hive.exec.pre.hooks), and one that failed after that. */
public class AuditHook implements ExecuteWithHookContext {

  @Override
  public void run(HookContext context) {
    boolean isFailure = context.getHookType() == HookContext.HookType.ON_FAILURE_HOOK;
    Throwable cause = context.getException();
    String why = context.getErrorMessage() != null ? context.getErrorMessage() : cause == null ? "" : cause.toString();
    String statement = context.getQueryPlan().getQueryString();
    Door.runs();
    Door.write(
        context.getUserName(),
        context.getIpAddress(),
        statement == null ? "" : statement,
        isFailure ? "failed" : "allowed",
        isFailure ? why : "");
  }
}
