import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Opens a door in each way that Java has, says where each is, and comes in at one. */
public final class Binds {

  public static void main(String[] arguments) throws Exception {
    InetSocketAddress any = new InetSocketAddress("0.0.0.0", 0);
    say("channel", ServerSocketChannel.open().bind(any).getLocalAddress());
    say("channel-nowhere", ServerSocketChannel.open().bind(null).getLocalAddress());
    ServerSocketChannel door = ServerSocketChannel.open();
    door.socket().bind(any, 128);  // As Hadoop's RPC does, and so Tez.
    say("channel-socket", door.getLocalAddress());
    say("asynchronous", AsynchronousServerSocketChannel.open().bind(any).getLocalAddress());
    say("socket", new ServerSocket(0).getLocalSocketAddress());
    ServerSocket late = new ServerSocket();
    late.bind(null);
    say("socket-nowhere", late.getLocalSocketAddress());
    say("elsewhere", new ServerSocket(0, 5, InetAddress.getByName("127.0.0.2")).getLocalSocketAddress());
    Socket client = new Socket();
    client.bind(any);
    say("client", client.getLocalSocketAddress());
    SocketChannel.open(new InetSocketAddress("127.0.0.1", door.socket().getLocalPort())).close();
    System.out.println("came-in yes");
  }

  private static void say(String what, Object address) {
    System.out.println(what + " " + ((InetSocketAddress) address).getAddress().getHostAddress());
  }
}
