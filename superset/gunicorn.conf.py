"""Gunicorn, Superset's web server: two processes, whose threads mostly wait for Hive and Spark. Variables: aero/services.py."""

import os

bind = f"{os.environ['BIND_HOST']}:{os.environ['SUPERSET_PORT']}"
workers = 2
threads = 12
# The application is loaded once and then forked: half of the time to start, and much of the memory is shared.
preload_app = True
# A question may take this long before its process is given up, in seconds.
timeout = 180
graceful_timeout = 10
# Browsers keep connections for the next refresh; the default of two seconds closes them just as they are used again.
keepalive = 75
