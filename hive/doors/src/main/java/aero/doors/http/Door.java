package aero.doors.http;

import aero.doors.Person;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletRequestWrapper;
import javax.servlet.http.HttpServletResponse;

/** The rule before every page and servlet of a Jetty. Whoever comes in is the request's user. */
public final class Door implements Filter {

  private static final String PASSED = Door.class.getName();

  private Rule rule;

  @Override
  public void init(FilterConfig config) {
    rule = Rule.ofThisServer();
  }

  @Override
  public void destroy() {}

  @Override
  public void doFilter(ServletRequest any, ServletResponse response, FilterChain next)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) any;
    if (request.getAttribute(PASSED) != null) {
      next.doFilter(request, response);  // The server passes a request on to another page of its own.
      return;
    }
    Rule.Answer answer = rule.ask(new Asked(request));
    if (answer.person() == null) {
      refuse((HttpServletResponse) response, answer);
      return;
    }
    request.setAttribute(PASSED, true);
    next.doFilter(new Signed(request, answer.person()), response);
  }

  private static void refuse(HttpServletResponse response, Rule.Answer answer) throws IOException {
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

  private static final class Signed extends HttpServletRequestWrapper {

    private final Person person;

    Signed(HttpServletRequest request, Person person) {
      super(request);
      this.person = person;
    }

    @Override
    public String getRemoteUser() {
      return person.name();
    }

    @Override
    public Principal getUserPrincipal() {
      return person::name;
    }

    @Override
    public String getAuthType() {
      return BASIC_AUTH;
    }
  }
}
