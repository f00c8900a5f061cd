package aero.doors;

/** A line of the people file, without the password: `role` is `reader`, `analyst` or `operator`. */
public record Person(String name, String role) {

  public boolean isOperator() {
    return role.equals("operator");
  }
}
