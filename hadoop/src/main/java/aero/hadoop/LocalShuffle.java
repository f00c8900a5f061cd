package aero.hadoop;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapred.ShuffleHandler;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;

/**
 * The shuffle service of a cluster with one NodeManager, which serves nobody.
 *
 * <p>Tez reads the output of a task on its own host from the disk (tez.runtime.optimize.local.fetch), so nothing is ever
 * asked of the service. Hadoop's ShuffleHandler would listen on every interface of the machine, and has no setting for it.
 */
public final class LocalShuffle extends AuxiliaryService {

  private int port;

  public LocalShuffle() {
    super("mapreduce_shuffle");
  }

  @Override
  protected void serviceInit(Configuration configuration) throws Exception {
    port = configuration.getInt(ShuffleHandler.SHUFFLE_PORT_CONFIG_KEY, ShuffleHandler.DEFAULT_SHUFFLE_PORT);
    super.serviceInit(configuration);
  }

  @Override
  public void initializeApplication(ApplicationInitializationContext application) {
  }

  @Override
  public void stopApplication(ApplicationTerminationContext application) {
  }

  @Override
  public ByteBuffer getMetaData() {
    try {
      return ShuffleHandler.serializeMetaData(port);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
