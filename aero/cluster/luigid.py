"""Becomes luigid; with HTTP_DOOR=closed behind a door, since whoever reaches luigid's own may change what it knows."""

import re
import sys
from collections.abc import Callable
from typing import Any

import luigi.cmdline
import luigi.server
import tornado.web

from aero.cluster.web_door import Door
from aero.settings import load_settings

# luigid changes by GET too. These calls of its page do not.
READING = re.compile(
    r"/(?!api/)|/api/(\w*graph|(task|worker|resource)_list|task_search|fetch_error|count_pending"
    r"|(is|has)_\w+|get_task_\w+)(\?|$)"
)


def main() -> None:
    """Become luigid; its own arguments follow."""
    settings = load_settings()
    if settings.is_closed("HTTP"):
        application: Callable[[Any], tornado.web.Application] = luigi.server.app
        luigi.server.app = lambda scheduler: Door(application(scheduler), settings, "luigid", READING.match)
    luigi.cmdline.luigid(sys.argv[1:])  # type: ignore[no-untyped-call]  # Luigi gives it no types.


if __name__ == "__main__":
    main()
