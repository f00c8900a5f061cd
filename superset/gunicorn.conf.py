"""Gunicorn, Superset's web server: 24 threads, which mostly wait for Hive and Spark.

aero/cluster/services.py sets the variables.
"""

import os

bind = f"{os.environ['BIND_HOST']}:{os.environ['SUPERSET_PORT']}"
# A process takes up to 400 MB: one fits in a container.
workers = int(os.environ.get("SUPERSET_PROCESSES", "2"))
threads = 24 // workers
# The application is loaded once and then forked: half of the time to start, and much of the memory is shared.
preload_app = True
# A question may take this long before its process is given up, in seconds.
timeout = 180
graceful_timeout = 10
# Browsers keep connections for the next refresh; the default of two seconds closes them just as they are used again.
keepalive = 75


def when_ready(server) -> None:
    """Close connections to the database that loading opened: processes forked now would read each other's answers."""
    from superset.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose()
