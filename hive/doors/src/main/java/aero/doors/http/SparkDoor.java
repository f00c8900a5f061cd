package aero.doors.http;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;

/** The rule before the pages of Spark's history server, whose servlets are Jakarta's: spark.ui.filters. */
public final class SparkDoor implements Filter {

  private Rule rule;

  @Override
  public void init(FilterConfig config) {
    rule = Rule.ofThisServer();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse any, FilterChain next)
      throws IOException, ServletException {
    Rule.Answer answer = rule.ask(new Asked((HttpServletRequest) request));
    if (answer.person() != null) {
      next.doFilter(request, any);
      return;
    }
    HttpServletResponse response = (HttpServletResponse) any;
    response.setStatus(answer.status());
    if (answer.status() == 401) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"aero\", charset=\"UTF-8\"");
    }
    response.setHeader("Connection", "close");
    response.setContentType("text/plain; charset=utf-8");
    response.getWriter().println(answer.sentence());
  }

  private record Asked(HttpServletRequest request) implements Rule.Request {

    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public String target() {
      return request.getRequestURI() + (request.getQueryString() == null ? "" : "?" + request.getQueryString());
    }

    @Override
    public String header(String name) {
      var values = Collections.list(request.getHeaders(name));
      return values.isEmpty() ? null : String.join(",", values);
    }

    @Override
    public String address() {
      return request.getRemoteAddr();
    }
  }
}
