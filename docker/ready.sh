#!/bin/sh
# A container's healthcheck. Docker has one interval for starting and for running: every ten seconds until the service is
# ready, then, because a probe costs half a second of processor time, once a minute.
[ -n "$(find /run/aero/ready -mmin -1 2>/dev/null)" ] || exec python -m aero.entrypoint --ready
