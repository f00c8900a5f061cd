"""Who may sign in to Superset, by its page or its interface: people of aero/people.py, and Superset's own accounts.

A person's account here is made at their first sign-in, with the role of the same name; its password is not used. A
person who is removed, or gets another role or password, is signed out at their next request.
"""

import hashlib
import secrets
from contextlib import suppress

import audited
import walls
from flask import Flask, Request, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_jwt_extended import JWTManager
from flask_login import user_logged_in
from sign_in_limits import attempt
from superset.exceptions import SupersetSecurityException
from superset.security import SupersetSecurityManager

from aero import people
from aero.audit import Outcome
from aero.settings import load_settings
from aero.superset import credentials

# Superset's names of people's roles; superset/prepare_database.py says what they may. Nobody else has them.
ROLES = {role: role.capitalize() for role in people.ROLES}
_SETTINGS = load_settings()
# In the session and the token of a person: their line of the file when they signed in, as a digest.
_SIGNED_IN_AS = "aero_person"


def _line_digest(person: people.Person) -> str:
    return hashlib.sha256(person.line().encode()).hexdigest()[:32]


def _is_person(user) -> bool:
    # Nobody in particular, as whom a page is made that a guest will look at, has no roles.
    return bool({role.name for role in getattr(user, "roles", ())} & set(ROLES.values()))


def _digest_of(user) -> str | None:
    """What the session of this account must hold; None where it is no person, or one who may not come in."""
    person = people.load(_SETTINGS).get(user.username) if user and _is_person(user) else None
    return _line_digest(person) if person else None


class Sessions(SecureCookieSessionInterface):
    """Strangers get a session from the page of signing in alone. Superset writes one into each answer, and what a page
    asked before its person signed in may be answered after it: they were sent back to sign in."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask's."""
        opened = super().open_session(app, request)
        g.was_signed_in = opened is not None and "_user_id" in opened
        return opened

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """As Flask's, for who comes in, is in, or goes."""
        is_signed_in = "_user_id" in session or getattr(g.get("user"), "is_authenticated", False)
        is_known = is_signed_in or g.get("was_signed_in") or request.path == "/login/"
        return is_known and super().should_set_cookie(app, session)


class SignIn(SupersetSecurityManager):
    """Lets in the people, and each account of Superset's own."""

    def auth_user_db(self, username: str, password: str):
        """The account of this name and password; None where there is none, or after too many attempts."""
        attempts, tried = current_app.extensions["sign_in_limits"], attempt(username)
        if not attempts.may_try(*tried):
            return None
        user = self._verified(str(username or ""), str(password or ""))
        if not user:
            audited.write(tried[0], "sign in", Outcome.NOT_SIGNED_IN, "no such name and password")
            return None
        attempts.succeeded(*tried)
        audited.write(user.username, "sign in", Outcome.SIGNED_IN)
        return user

    def _verified(self, name: str, password: str):
        person = None
        if name not in (credentials.ADMIN, *people.PLATFORM):
            with suppress(UnicodeEncodeError):
                person = people.verified(_SETTINGS, name, password)
        if person:
            return self._account(person)
        # Asked in any case, so that its time does not say who is a person.
        user = super().auth_user_db(name, password)
        return None if user and _is_person(user) else user

    def _account(self, person: people.Person):
        """The account of a person, with their role of today."""
        role, user = self.find_role(ROLES[person.role]), self.find_user(person.name)
        if not user:
            email, unused = f"{person.name}@localhost", secrets.token_urlsafe(32)
            user = self.add_user(person.name, person.name, "", email, role, password=unused)
        elif user.roles != [role]:
            user.roles = [role]
            self.update_user(user)
        self.update_user_auth_stat(user, True)
        return user

    def load_user(self, pk: int):
        """The account of a session; None where it is a person's who must sign in again."""
        user = super().load_user(pk)
        return user if not user or not _is_person(user) or _matches(user, session.get(_SIGNED_IN_AS)) else None

    def load_user_jwt(self, _jwt_header: dict, jwt_data: dict):
        """The account of a token, in the same way."""
        user = super().load_user(jwt_data["sub"])
        if user and _is_person(user) and not _matches(user, jwt_data.get(_SIGNED_IN_AS)):
            return None
        if user:
            g.user = user
        return user

    def get_guest_user_from_request(self, req):
        """The guest of a header. Superset's would also look into a form, and so read a body that no one has bounded."""
        header = current_app.config["GUEST_TOKEN_HEADER_NAME"]
        return super().get_guest_user_from_request(req) if header in req.headers else None

    def get_guest_user_from_token(self, token: dict):
        """The guest of a board on the wall; None where that is there no more."""
        return super().get_guest_user_from_token(token) if walls.is_good(token) else None

    def raise_for_access(self, *given, query_context=None, **what) -> None:
        """As Superset's; a guest asks what the board draws, and nothing else."""
        super().raise_for_access(*given, query_context=query_context, **what)
        if query_context and self.is_guest_user() and not walls.asks_what_is_drawn(query_context):
            raise SupersetSecurityException(self.get_datasource_access_error_object(query_context.datasource))

    def has_drill_access(self, *given) -> bool:
        """As Superset's; a guest asks for no rows behind a chart."""
        return not self.is_guest_user() and super().has_drill_access(*given)

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Tokens say as whom their owner signed in; so do sessions from their beginning."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(
            lambda identity: {_SIGNED_IN_AS: _digest_of(super(SignIn, self).load_user(identity))}
        )
        user_logged_in.connect(_remember)
        return manager


def _matches(user, digest: str | None) -> bool:
    expected = _digest_of(user)
    return expected is not None and secrets.compare_digest(expected, digest or "")


def _remember(_: Flask, user) -> None:
    session[_SIGNED_IN_AS] = _digest_of(user)
