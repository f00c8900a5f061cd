package aero.doors.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;

/**
 * The rule before WebHDFS on a DataNode, whose web server is Netty: dfs.datanode.httpserver.filter.handlers.
 *
 * <p>One object serves all connections. While a password is being proven, by threads other than Netty's, what else comes
 * on its connection waits.
 */
@Sharable
public final class DataNodeDoor extends ChannelInboundHandlerAdapter {

  /** A connection: what waits for the proof of the request before it, and whether that was refused. */
  private static final class Connection {
    private final Queue<Object> waiting = new ArrayDeque<>();
    private boolean isAsking;
    private boolean isRefused;
  }

  private static final AttributeKey<Connection> CONNECTION = AttributeKey.valueOf(DataNodeDoor.class, "connection");

  private final ExecutorService proving = Executors.newCachedThreadPool(work -> {
    Thread thread = new Thread(work, "aero-door");
    thread.setDaemon(true);
    return thread;
  });
  private final Rule rule;

  public DataNodeDoor(Rule rule) {
    this.rule = rule;
  }

  /** Called by the DataNode, for the constructor. */
  public static Rule initializeState(Configuration configuration) {
    return Rule.ofThisServer();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Connection connection = context.channel().attr(CONNECTION).get();
    if (connection == null) {
      connection = new Connection();
      context.channel().attr(CONNECTION).set(connection);
    }
    connection.waiting.add(message);
    pass(context, connection);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    Connection connection = context.channel().attr(CONNECTION).getAndSet(null);
    if (connection != null) {
      connection.isRefused = true;
      release(connection);
    }
    super.channelInactive(context);
  }

  /** Pass on what may go in, up to the next request whose password has to be proven. */
  private void pass(ChannelHandlerContext context, Connection connection) {
    while (!connection.isAsking && !connection.isRefused && !connection.waiting.isEmpty()) {
      if (!(connection.waiting.peek() instanceof HttpRequest request)) {
        context.fireChannelRead(connection.waiting.poll());
        continue;
      }
      Asked asked = new Asked(request, context);
      Rule.Answer answer = rule.askAtOnce(asked);
      if (answer != null) {
        settle(context, connection, answer);
        continue;
      }
      connection.isAsking = true;
      context.channel().config().setAutoRead(false);
      proving.execute(() -> {
        Rule.Answer proven = answered(asked);
        context.executor().execute(() -> {
          connection.isAsking = false;
          context.channel().config().setAutoRead(true);
          settle(context, connection, proven);
          pass(context, connection);
          context.fireChannelReadComplete();  // The DataNode sends an answer on when this is said.
        });
      });
    }
    if (connection.isRefused) {
      release(connection);
    }
  }

  private Rule.Answer answered(Asked asked) {
    try {
      return rule.ask(asked);
    } catch (RuntimeException fault) {
      return new Rule.Answer(null, 500, "The password could not be proven: " + fault.getMessage());
    }
  }

  private static void settle(ChannelHandlerContext context, Connection connection, Rule.Answer answer) {
    if (connection.isRefused) {
      return;  // It has ended meanwhile.
    }
    if (answer.person() != null) {
      context.fireChannelRead(connection.waiting.poll());
      return;
    }
    connection.isRefused = true;
    byte[] sentence = (answer.sentence() + "\n").getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response = new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(sentence));
    if (answer.status() == 401) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"aero\", charset=\"UTF-8\"");
    }
    response.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, sentence.length)
        .set(HttpHeaderNames.CONNECTION, "close");
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static void release(Connection connection) {
    connection.waiting.forEach(ReferenceCountUtil::release);
    connection.waiting.clear();
  }

  private record Asked(HttpRequest request, ChannelHandlerContext context) implements Rule.Request {

    @Override
    public String method() {
      return request.method().name();
    }

    @Override
    public String target() {
      return request.uri();
    }

    @Override
    public String header(String name) {
      List<String> values = request.headers().getAll(name);
      return values.isEmpty() ? null : String.join(",", values);
    }

    @Override
    public String address() {
      return ((InetSocketAddress) context.channel().remoteAddress()).getAddress().getHostAddress();
    }
  }
}
