"""The dashboards as someone sees them in Chromium, and what their charts are answered."""

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, Request, Response, sync_playwright

from aero.datasets import REPOSITORY
from aero.settings import load_settings
from aero.superset import credentials

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
WIDTH, HEIGHT = 1500, 1200
PATIENCE_MS, REST_MS = 180_000, 500
# Drawing maps without a graphics card.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
CHART = ".dashboard-component-chart-holder"
DRAWN = "canvas, table, .header-line, [role=alert], .ant-empty"
ALL_DRAWN = f"""() => {{
    const charts = [...document.querySelectorAll('{CHART}')];
    const isDrawn = chart => chart.querySelector('{DRAWN}') && !chart.querySelector('.loading');
    return charts.length > 0 && charts.every(isDrawn);
}}"""
# A wheel that turns while a chart waits takes the processor from what the chart waits for.
AT_REST = """document.addEventListener('DOMContentLoaded', () => {
    document.head.append(Object.assign(document.createElement('style'), {textContent: '.loading { display: none }'}));
})"""
# The page reports to its makers that it was opened; the content security policy forbids that, and the console says so.
FORBIDDEN = "scarf.sh"


@dataclass
class Dashboard:
    """One open dashboard: its page, the errors of its console, and of each chart by its title the newest
    question and rows, and whether these were remembered. A filter is under its id."""

    page: Page
    errors: list[str] = field(default_factory=list)
    rows: dict[str, list[dict]] = field(default_factory=dict)
    questions: dict[str, dict] = field(default_factory=dict)
    remembered: dict[str, bool] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    waiting: set[Request] = field(default_factory=set)
    """Of the questions asked, those without an answer yet."""
    opened_at: float = 0
    drawn_at: float = 0
    """When it was gone to, and when all was drawn; by the monotonic clock, in seconds."""

    def listen(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        for end in ("requestfinished", "requestfailed"):
            self.page.on(end, self._ended)

    def _asked(self, request: Request) -> None:
        if _is_question(request):
            self.asked.append(request)
            self.waiting.add(request)

    def _ended(self, request: Request) -> None:
        self.waiting.discard(request)

    def _heard(self, message) -> None:
        if message.type == "error" and FORBIDDEN not in message.text:
            self.errors.append(message.text)

    def _answered(self, response: Response) -> None:
        if not _is_question(response.request) or response.status != 200:
            return
        asked, answers = response.request.post_data_json["form_data"], response.json()["result"]
        if (number := asked.get("slice_id")) is None:
            self.remembered[asked["native_filter_id"]] = all(answer["is_cached"] for answer in answers)
            return
        title = self.titles.get(number, str(number))
        self.questions[title] = response.request.post_data_json
        self.rows[title] = [row for answer in answers for row in answer["data"]]
        self.remembered[title] = all(answer["is_cached"] for answer in answers)

    def open(self, slug: str) -> None:
        """Go to the dashboard and wait until every chart is drawn, or says why it is not."""
        answer = self.page.request.get(f"{address()}/api/v1/dashboard/{slug}/charts").json()["result"]
        self.titles = {chart["id"]: chart["slice_name"] for chart in answer}
        self.listen()
        self.opened_at = time.monotonic()
        self.page.goto(f"{address()}/superset/dashboard/{slug}/")
        self.wait_until_drawn()

    def wait_until_drawn(self) -> None:
        """Until all charts are drawn and none is asked for again, as a filter does that has found its values. Other
        requests of the page, of which one may have no end, are nobody's concern."""
        ends = time.monotonic() + PATIENCE_MS / 1000
        while True:
            self.page.wait_for_function(ALL_DRAWN, timeout=PATIENCE_MS)
            self.drawn_at = time.monotonic()
            asked = len(self.asked)
            self.page.wait_for_timeout(REST_MS)
            if len(self.asked) == asked and not self.waiting and self.page.evaluate(ALL_DRAWN):
                return
            assert time.monotonic() < ends, f"not answered: {[one.post_data_json for one in self.waiting]}"

    def troubles(self) -> list[str]:
        """What is wrong on the page: error panels, empty charts, and the console's errors."""
        panels = self.page.locator(f"{CHART} [role=alert], {CHART} .ant-empty").all_inner_texts()
        return [*panels, *self.errors]

    def keep_picture(self, name: str) -> None:
        """A picture of the whole dashboard, in build/screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        bottom = self.page.locator(CHART).evaluate_all(
            "charts => Math.max(...charts.map(chart => chart.getBoundingClientRect().bottom + window.scrollY))"
        )
        self.page.set_viewport_size({"width": WIDTH, "height": int(bottom) + 60})
        self.wait_until_drawn()
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def text(self, title: str) -> str:
        """What the chart of this title says."""
        return self.page.locator(CHART).filter(has_text=title).first.inner_text()

    def choose(self, name: str, option: str) -> None:
        """Set the filter of this name to one more option, and apply it."""
        self.page.locator(f"[data-test=NATIVE_FILTER-{name}] input").click()
        self.page.keyboard.type(option)
        self.page.locator(".ant-select-item-option").filter(has_text=option).first.click()
        self.page.keyboard.press("Escape")
        self.page.locator("[data-test=filter-bar__apply-button]").click()


def _is_question(request: Request) -> bool:
    return request.method == "POST" and "/chart/data" in request.url


def address() -> str:
    return f"http://{load_settings().address('SUPERSET')}"


@contextmanager
def browser():
    """A page of Chromium that nobody has signed in with."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        try:
            context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            context.add_init_script(AT_REST)
            yield context.new_page()
        finally:
            chromium.close()


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is not here, and the dashboards are looked at in it: apt-get install chromium"
    return found


@contextmanager
def opened(page: Page, slug: str):
    """A dashboard in a page of its own, closed afterwards: without a graphics card, an open one takes a processor."""
    dashboard = Dashboard(page.context.new_page())
    try:
        dashboard.open(slug)
        yield dashboard
    finally:
        dashboard.page.close()


def sign_in(page: Page, password: str | None = None) -> None:
    """Fill in the page of signing in, with the administrator's password unless another is given."""
    page.goto(f"{address()}/login/")
    page.fill("#username", credentials.ADMIN)
    page.fill("#password", password or credentials.admin_password(load_settings()))
    page.click("button[type=submit]")
    if password is None:
        page.wait_for_url("**/welcome/**", timeout=PATIENCE_MS)
