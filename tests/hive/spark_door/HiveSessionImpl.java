package org.apache.hive.service.cli.session;

import java.lang.reflect.Method;

/** In place of Spark's class of this name: what it sets for a client, and what Hive sets below a statement of its. */
public final class HiveSessionImpl {

  private static final class Hive {
    static void made() {
      System.setProperty("of.hive", "set");
    }
  }

  public static void main(String[] none) throws ReflectiveOperationException {
    Method keep = Class.forName("aero.doors.spark.OwnSettings").getDeclaredMethod("keep");
    keep.setAccessible(true);
    keep.invoke(null);
    Hive.made();
    System.out.println(System.getProperty("of.hive"));
    for (Runnable one : new Runnable[] {HiveSessionImpl::byProperties, HiveSessionImpl::bySystem}) {
      try {
        one.run();
        System.out.println("set");
      } catch (SecurityException refused) {
        System.out.println("refused");
      }
    }
  }

  private static void byProperties() {
    System.getProperties().setProperty("of.client", "set");
  }

  private static void bySystem() {
    System.setProperty("of.client", "set");
  }
}
