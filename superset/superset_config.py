"""Superset's configuration, on one machine and in a cluster alike.

aero/settings.py and aero/cluster/services.py set the variables. Secrets are files under SUPERSET_HOME, made by
`aero up`. PostgreSQL and Redis are used where SUPERSET_DB_URL and REDIS_HOST name them, and with Redis a worker; else
SQLite and files, under the same folder.
"""

import hashlib
import os
import sys
from datetime import timedelta
from pathlib import Path

# Superset reads this file by its path. The modules beside it are ours too; of aero, those that need Python alone.
sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from asked_views import AskedViews
from flask import request, session
from sign_in import Sessions
from sign_in import SignIn as CUSTOM_SECURITY_MANAGER  # noqa: F401
from time_grains import TIME_GRAINS
from visits import Visits

from aero import people
from aero.settings import load_settings

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = os.environ.get("SUPERSET_DB_URL") or f"sqlite:///{HOME}/superset.db?timeout=30"

APP_NAME = "AERO"
# Nobody sees anything without signing in.
PUBLIC_ROLE_LIKE = None
AUTH_ROLE_PUBLIC = "Public"
WTF_CSRF_ENABLED = True
TALISMAN_ENABLED = True
# Everything comes from this server: a page asks nobody else, so it works without the network.
_CONTENT_SECURITY_POLICY = {
    "base-uri": ["'self'"],
    "default-src": ["'self'"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'", "blob:", "data:"],
    "object-src": "'none'",
    # Charts of deck.gl compile their accessors; the styles of the components are written by scripts.
    "script-src": ["'self'", "'strict-dynamic'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "worker-src": ["'self'", "blob:"],
}
# `1`: a proxy that speaks TLS stands before Superset, and says from where who asks. Nobody must come in past it.
ENABLE_PROXY_FIX = SESSION_COOKIE_SECURE = os.environ.get("AERO_SUPERSET_PROXY") == "1"
TALISMAN_CONFIG = {
    "content_security_policy": _CONTENT_SECURITY_POLICY,
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": SESSION_COOKIE_SECURE,
}
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
# Another AERO on another port of the same host has sessions of its own.
SESSION_COOKIE_NAME = f"aero_session_{os.environ['SUPERSET_PORT']}"
# Whoever signs in does so again after a week.
PERMANENT_SESSION_LIFETIME = timedelta(days=7)
# No page of another server asks this one.
ENABLE_CORS = False
# A list of all that can be asked, with forms to ask it.
FAB_API_SWAGGER_UI = False
# Superset has examples of these, which everybody knows; what they sign is switched off.
GUEST_TOKEN_JWT_SECRET, GLOBAL_ASYNC_QUERIES_JWT_SECRET = (
    hashlib.sha256(f"{use}:{SECRET_KEY}".encode()).hexdigest() for use in ("guests", "asynchronous")
)
# Guests are the boards on the wall: walls.py.
GUEST_ROLE_NAME, GUEST_TOKEN_JWT_AUDIENCE = "Wall", "aero"
# A bundle of all dashboards is a tenth of this.
MAX_CONTENT_LENGTH = 4 * 2**20
# What slows attempts to sign in is sign_in_limits.py: Superset's own does not see its form.
AUTH_RATE_LIMITED = False


def _who_asks() -> str:
    """Whose requests are counted together: a person's, or an address's where nobody has signed in.

    Ten people behind one address open ten dashboards in the same second.
    """
    return session.get("_user_id") or request.remote_addr or ""


RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
RATELIMIT_HEADERS_ENABLED = True
RATELIMIT_KEY_FUNC = _who_asks
# A dashboard of twelve charts asks some 40 times as it opens; no person opens three in a second, but a script may.
RATELIMIT_APPLICATION = "200 per second"

_REDIS = os.environ.get("REDIS_HOST")
if _REDIS:
    _PASSWORD = (load_settings().secrets / "redis").read_text()
    _REDIS_URL = f"redis://:{_PASSWORD}@{_REDIS}:{os.environ.get('REDIS_PORT', '6379')}"


def _cache(name: str, seconds: int) -> dict:
    """Where one kind of thing is remembered, and for how long at most."""
    common = {"CACHE_DEFAULT_TIMEOUT": seconds, "CACHE_KEY_PREFIX": f"superset_{name}_"}
    if _REDIS:
        return common | {"CACHE_TYPE": "signed_cache.SignedRedis", "CACHE_REDIS_URL": f"{_REDIS_URL}/0"}
    return common | {
        "CACHE_TYPE": "signed_cache.SignedFiles",
        "CACHE_DIR": str(HOME / "cache" / name),
        "CACHE_THRESHOLD": 5000,
    }


_DAY, _MINUTE = 86_400, 60
CACHE_CONFIG = _cache("metadata", _DAY)
FILTER_STATE_CACHE_CONFIG = _cache("filter_state", 90 * _DAY)
EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("explore", 7 * _DAY)
# Each dataset's file says how long its answers live; history lives until a load ends (aero/superset/refresh.py).
DATA_CACHE_CONFIG = _cache("data", _MINUTE)

if _REDIS:
    # Where there is a worker, SQL Lab asks through it: a question may outlast the page that asked it.
    from signed_cache import signed_redis

    class CELERY_CONFIG:
        broker_url = f"{_REDIS_URL}/1"
        imports = ("superset.sql_lab",)
        worker_prefetch_multiplier = 1
        broker_connection_retry_on_startup = True

    RESULTS_BACKEND = signed_redis(SECRET_KEY, f"{_REDIS_URL}/0", default_timeout=_DAY, key_prefix="superset_results_")

# A chart waits for its answer this long, in seconds; the web server gives up later (gunicorn.conf.py).
SUPERSET_WEBSERVER_TIMEOUT = 120
SQLLAB_TIMEOUT = 120
SUPERSET_DASHBOARD_PERIODICAL_REFRESH_LIMIT = 5
# A dashboard that refreshes itself asks the cache, so that ten who watch cost as much as one.
DASHBOARD_AUTO_REFRESH_MODE = "fetch"
DASHBOARD_AUTO_REFRESH_INTERVALS = [
    [0, "Don't refresh"],
    [5, "5 seconds"],
    [10, "10 seconds"],
    [30, "30 seconds"],
    [60, "1 minute"],
]
# Instead of Superset's own for Hive, and Spark's: both databases are of this kind to it.
TIME_GRAIN_ADDON_EXPRESSIONS = {"hive": TIME_GRAINS}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
# How often SQL Lab asks a SQL server whether a query has ended, in seconds: the default of 5 is what a short one costs.
DB_POLL_INTERVAL_SECONDS = {"hive": 0.1}
# deck.gl asks nobody for a map's background.
MAPBOX_API_KEY = ""
FEATURE_FLAGS = {"DASHBOARD_VIRTUALIZATION": False, "ENABLE_TEMPLATE_PROCESSING": True, "EMBEDDED_SUPERSET": True}
# Of the templates that the flag allows there are only those of the datasets; both databases are of this kind.
CUSTOM_TEMPLATE_PROCESSORS = {"hive": AskedViews}
LOG_LEVEL = "INFO"
EVENT_LOGGER = Visits()


def DB_CONNECTION_MUTATOR(uri, params, username, security_manager, source):
    """The asset files name a database's server by its service; where it is, the variables say, and the secrets how
    Superset comes in. No connection to such a server does more than read."""
    doors = {"spark-thrift": ("SPARK_THRIFT", "SPARK_DOOR"), "hiveserver2": ("HIVESERVER2", "HIVE_DOOR")}
    if uri.get_backend_name() == "hive":
        import reading

        params["module"] = reading
    if door := doors.get(uri.host):
        server, state = door
        uri = uri.set(host=os.environ[f"{server}_HOST"], port=int(os.environ[f"{server}_PORT"]))
        if os.environ.get(state) == "closed":
            password = people.password_of(load_settings(), "superset")
            who = {"username": "superset", "password": password, "auth": "CUSTOM"}
            params["connect_args"] = params.get("connect_args", {}) | who
    return uri, params


def FLASK_APP_MUTATOR(app):
    """The server draws the maps' background, and looks at what comes in before Superset does. What its pages have of
    ours is in templates/."""
    import answers
    import audited
    import request_limits
    from jinja2 import ChoiceLoader, FileSystemLoader
    from map_tiles import tiles
    from sign_in_limits import SignInLimits, refuse_the_hasty
    from walls import walls

    app.session_interface = Sessions()
    app.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), app.jinja_loader])
    app.register_blueprint(tiles)
    app.register_blueprint(walls)
    request_limits.register(app)
    audited.register(app)
    answers.register(app)
    app.extensions["sign_in_limits"] = attempts = SignInLimits(f"{_REDIS_URL}/2" if _REDIS else "memory://")
    app.before_request(lambda: refuse_the_hasty(attempts))
