package aero.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/**
 * A Java agent that writes what a server's own beans say to AERO_HOME/run/metrics/SERVICE, a line `name value` each. A
 * file that only its owner may read is a door less than a port. aero/ops/java_metrics.py reads it, and says what each is.
 */
public final class Agent {

  private static final int SECONDS = Integer.getInteger("aero.metrics.seconds", 10);
  private static final String KAFKA = "kafka.server:type=BrokerTopicMetrics,name=";
  private static final String REGIONS = "Hadoop:service=HBase,name=RegionServer,sub=Server";
  private static final String NODE = "Hadoop:service=NodeManager,name=NodeManagerMetrics";

  private static final List<Figure> FIGURES = List.of(
      new Figure("java_heap_used_bytes", "java.lang:type=Memory", "HeapMemoryUsage.used"),
      new Figure("java_heap_max_bytes", "java.lang:type=Memory", "HeapMemoryUsage.max"),
      new Figure("java_threads", "java.lang:type=Threading", "ThreadCount"),
      new Figure("java_gc_seconds_total", "java.lang:type=GarbageCollector,*", "CollectionTime", 1e-3),
      new Figure("java_gc_runs_total", "java.lang:type=GarbageCollector,*", "CollectionCount"),
      new Figure("java_cpu_seconds_total", "java.lang:type=OperatingSystem", "ProcessCpuTime", 1e-9),
      new Figure("java_open_files", "java.lang:type=OperatingSystem", "OpenFileDescriptorCount"),
      new Figure("java_max_files", "java.lang:type=OperatingSystem", "MaxFileDescriptorCount"),
      new Figure("kafka_records_total", KAFKA + "MessagesInPerSec", "Count"),
      new Figure("kafka_in_bytes_total", KAFKA + "BytesInPerSec", "Count"),
      new Figure("kafka_out_bytes_total", KAFKA + "BytesOutPerSec", "Count"),
      new Figure("kafka_offline_partitions", "kafka.controller:type=KafkaController,name=OfflinePartitionsCount", "Value"),
      new Figure("kafka_under_replicated_partitions",
          "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions", "Value"),
      new Figure("kafka_produce_p99_seconds",
          "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce", "99thPercentile", 1e-3),
      new Figure("kafka_handlers_idle_ratio",
          "kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent", "OneMinuteRate"),
      new Figure("hbase_requests_total", REGIONS, "totalRequestCount"),
      new Figure("hbase_regions", REGIONS, "regionCount"),
      new Figure("hbase_store_bytes", REGIONS, "storeFileSize"),
      new Figure("hbase_compactions_waiting", REGIONS, "compactionQueueLength"),
      new Figure("datanode_read_bytes_total", "Hadoop:service=DataNode,name=DataNodeActivity-*", "BytesRead"),
      new Figure("datanode_written_bytes_total", "Hadoop:service=DataNode,name=DataNodeActivity-*", "BytesWritten"),
      new Figure("datanode_failed_volumes", "Hadoop:service=DataNode,name=FSDatasetState", "NumFailedVolumes"),
      new Figure("nodemanager_containers", NODE, "ContainersRunning"),
      new Figure("nodemanager_containers_failed_total", NODE, "ContainersFailed"));

  private Agent() {}

  /** Called by Java before the program's own main, with the service's name. */
  public static void premain(String service) {
    Path file = Path.of(System.getenv("AERO_HOME"), "run", "metrics", service);
    Thread thread = new Thread(() -> write(file), "aero metrics");
    thread.setDaemon(true);
    thread.start();
  }

  /** Not before the program has begun: it may have its own mind about the beans of logging. */
  private static void write(Path file) {
    try {
      while (true) {
        Thread.sleep(SECONDS * 1000L);
        replace(file, text(ManagementFactory.getPlatformMBeanServer()));
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private static void replace(Path file, String text) {
    Path fresh = file.resolveSibling("." + file.getFileName());
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException full) {
      // The disk is full, say: a file that is old is not read, and the server goes on.
    }
  }

  private static String text(MBeanServer beans) {
    StringBuilder text = new StringBuilder();
    for (Figure one : FIGURES) {
      one.sum(beans).ifPresent(sum -> text.append(one.name).append(' ').append(sum).append('\n'));
    }
    return text.toString();
  }

  /** An attribute of a bean, or the sum of all that the pattern finds; `factor` makes seconds of it. */
  private record Figure(String name, String beans, String attribute, double factor) {

    Figure(String name, String beans, String attribute) {
      this(name, beans, attribute, 1);
    }

    /** Nothing where this server has no such bean, or the bean no such attribute. */
    OptionalDouble sum(MBeanServer server) {
      try {
        double sum = 0;
        Set<ObjectName> found = server.queryNames(new ObjectName(beans), null);
        for (ObjectName bean : found) {
          sum += value(server, bean);
        }
        return found.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sum * factor);
      } catch (JMException | RuntimeException none) {
        return OptionalDouble.empty();
      }
    }

    private double value(MBeanServer server, ObjectName bean) throws JMException {
      String[] path = attribute.split("\\.");
      Object value = server.getAttribute(bean, path[0]);
      return ((Number) (path.length == 1 ? value : ((CompositeData) value).get(path[1]))).doubleValue();
    }
  }
}
