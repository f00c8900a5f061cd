"""Who may sign in to Superset, by its page or its interface."""

from flask import current_app
from sign_in_limits import attempt
from superset.security import SupersetSecurityManager


class SignIn(SupersetSecurityManager):
    """Superset's own accounts, each attempt counted."""

    def auth_user_db(self, username: str, password: str):
        """The account of this name and password; None where there is none, or after too many attempts."""
        attempts, who = current_app.extensions["sign_in_limits"], attempt(username)
        if not attempts.may_try(*who):
            return None
        user = super().auth_user_db(username, password)
        if user:
            attempts.succeeded(*who)
        return user
