"""What a person sees of a landing: a bar for each file under way in a terminal, and a line for each month anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from aero import run_log
from aero.run_reports import Landing, LandingOutcome
from aero.screen import Console
from luigi_tasks.sources import offers

COLOURS = {LandingOutcome.LANDED: "green", LandingOutcome.REVISED: "cyan", LandingOutcome.FAILED: "red"}


class LandingProgress:
    """A context manager; its methods may be called from several threads."""

    def __init__(self, console: Console | None = None):
        self._console = console or Console(stderr=True, soft_wrap=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> "LandingProgress":
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    @contextmanager
    def watch(self, offer: offers.Offer) -> Iterator[offers.Progress]:
        """A bar for one file, there while it is fetched, checked and written."""
        bar = self._bars.add_task(f"{offer.dataset.table} {offer}", total=None)
        try:
            yield lambda fetched, total: self._bars.update(bar, completed=fetched, total=total)
        finally:
            self._bars.remove_task(bar)

    def tell(self, landing: Landing) -> None:
        """One line about a month."""
        run_log.say("landing", f"{landing.outcome} {landing.message}".rstrip(), str(landing))
        rows = "" if landing.rows is None else f"{landing.rows:>10,} rows  "
        colour = COLOURS.get(landing.outcome, "dim")
        self._console.print(
            f"{landing!s:8} [{colour}]{landing.outcome:10}[/] {rows}{escape(landing.message)}".rstrip(),
            highlight=False,
        )

    def say(self, line: str) -> None:
        """A line about the whole landing."""
        run_log.say("landing", line)
        self._console.print(escape(line), highlight=False)
