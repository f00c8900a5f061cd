"""A dashboard as a picture: a board on the wall for some minutes, looked at by a Chromium of this machine."""

import secrets
import time
from datetime import timedelta

from aero import walls
from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import chromium
from aero.superset.client import Superset

WIDTH, HEIGHT, MARGIN, TALLEST = 1500, 1200, 24, 16_000
LOOKS_SECONDS = 1.0
# Drawn: each chart has drawn something, or says why it did not, and none waits. A page says so twice, since a filter
# that has found its values asks the charts anew.
DRAWN_TWICE = 2
_CHARTS = """
    const board = document.querySelector("iframe")?.contentDocument;
    const charts = [...(board?.querySelectorAll(".dashboard-component-chart-holder") ?? [])];
"""
_STATE = f"""(() => {{ {_CHARTS}
    const isDrawn = (chart) => chart.querySelector("canvas, table, .header-line, [role=alert], .ant-empty, img")
        && !chart.querySelector(".loading");
    return {{ said: document.querySelector("[role=status]")?.textContent ?? "",
              drawn: charts.length > 0 && charts.every(isDrawn) }};
}})()"""
_BOTTOM = f"""(() => {{ {_CHARTS}
    return Math.max(...charts.map((chart) => chart.getBoundingClientRect().bottom + board.defaultView.scrollY));
}})()"""


def draw(settings: Settings, dashboard: str, within: float = 300) -> bytes:
    """A PNG of the whole dashboard of this slug. Raises AeroError where Chromium or Superset is not there, and where
    not every chart is drawn, or says why not, in `within` seconds."""
    if not Superset(settings).is_answering():
        raise AeroError("Superset does not answer, so no dashboard can be drawn.", "Start it: aero up superset")
    name, ends_at = f"picture-{secrets.token_hex(8)}", time.monotonic() + within
    key = walls.add(settings, name, dashboard, timedelta(seconds=within))
    try:
        address = f"http://{settings.address('SUPERSET')}{walls.PAGE}#{key}"
        with chromium.opened(address, WIDTH, HEIGHT, within) as page:
            _wait_until_drawn(page, dashboard, ends_at)
            page.size(WIDTH, min(TALLEST, int(page.value(_BOTTOM)) + MARGIN))
            _wait_until_drawn(page, dashboard, ends_at)
            return page.picture()
    finally:
        walls.remove(settings, name)


def _wait_until_drawn(page: chromium.Page, dashboard: str, ends_at: float) -> None:
    in_a_row = 0
    while in_a_row < DRAWN_TWICE:
        time.sleep(LOOKS_SECONDS)
        state = page.value(_STATE) or {"said": "", "drawn": False}
        if state["said"]:
            raise AeroError(f"The dashboard {dashboard} is not drawn: {state['said']}")
        in_a_row = in_a_row + 1 if state["drawn"] else 0
        if time.monotonic() > ends_at:
            raise AeroError(f"Not every chart of {dashboard} was drawn in time.", "Look at it: aero superset password")
