import io

from rich.console import Console

from aero.datasets import FLIGHTS_REPORTING
from aero.run_reports import Landing
from luigi_tasks.landing.progress import LandingProgress
from luigi_tasks.sources.offers import Offer


def test_without_a_terminal_there_is_one_line_a_month_and_no_bar():
    out = io.StringIO()
    with LandingProgress(Console(file=out, soft_wrap=True)) as progress:
        with progress.watch(Offer(FLIGHTS_REPORTING, 2013, 1, "january")) as fetched:
            fetched(1, 2)
        progress.tell(Landing(2013, 1, "landed", rows=27_004))
        progress.tell(Landing(None, None, "failed", "a.csv: [red] is no header"))
    assert out.getvalue() == ("2013-01  landed         27,004 rows\n?        failed     a.csv: [red] is no header\n")


def test_in_a_terminal_a_file_has_a_bar_until_it_is_done():
    with LandingProgress(Console(file=io.StringIO(), force_terminal=True)) as progress:
        with progress.watch(Offer(FLIGHTS_REPORTING, 2013, 1, "january")) as fetched:
            fetched(1_000_000, 2_000_000)
            under_way = _drawn(progress)
        done = _drawn(progress)
    assert under_way.startswith("flights_reporting 2013-01")
    assert "1.0/2.0 MB" in under_way
    assert done.strip() == ""


def _drawn(progress: LandingProgress) -> str:
    paper = Console(file=io.StringIO(), width=100)
    paper.print(progress._bars)
    return paper.file.getvalue()
