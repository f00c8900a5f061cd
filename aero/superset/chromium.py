"""A headless Chromium that is told what to do by its own protocol, over a pipe: no other program reaches it, and what
it opens stands in no argument that other users of the machine see."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aero.errors import AeroError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
)  # fmt: skip
# Chromium reads commands from file 3, and writes answers to file 4.
_LAUNCHER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
_ABOVE_THESE = 10


def program() -> str:
    """The path of Chromium. Raises AeroError where there is none."""
    if not (found := next(filter(None, map(shutil.which, NAMES)), None)):
        raise AeroError(
            "Chromium is not here, which draws dashboards for mails.",
            "apt-get install chromium (Debian), chromium-browser (Ubuntu), or dnf install chromium (Fedora)",
        )
    return found


class Page:
    """The one page of a Chromium that runs."""

    def __init__(self, commands: int, answers: int):
        self._commands, self._answers = commands, answers
        self._read, self._number, self._session = b"", 0, {}
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}

    def ask(self, method: str, **what: Any) -> dict[str, Any]:
        """What a command of the DevTools protocol is answered. Raises AeroError where it is refused, or has no answer
        before Chromium's time is over."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": what, **self._session}
        try:
            os.write(self._commands, json.dumps(command).encode() + b"\0")
            while (said := json.loads(self._message())).get("id") != self._number:
                pass
        except (OSError, EOFError):
            raise AeroError(f"Chromium did not answer {method} in time, or has ended.") from None
        if "error" in said:
            raise AeroError(f"Chromium refused {method}: {said['error'].get('message')}")
        return dict(said["result"])

    def _message(self) -> bytes:
        while b"\0" not in self._read:
            if not (more := os.read(self._answers, 2**16)):
                raise EOFError
            self._read += more
        message, self._read = self._read.split(b"\0", 1)
        return message

    def value(self, script: str) -> Any:
        """What an expression of JavaScript comes to on the page, as JSON has it."""
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def size(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def picture(self) -> bytes:
        """A PNG of the page, as large as its size says."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])


@contextmanager
def opened(address: str, width: int, height: int, within: float) -> Iterator[Page]:
    """The page of this address in a Chromium of its own, which is killed after `within` seconds at the latest."""
    (child_reads, commands), (answers, child_writes) = os.pipe(), os.pipe()
    child = [fcntl.fcntl(end, fcntl.F_DUPFD, _ABOVE_THESE) for end in (child_reads, child_writes)]
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory(prefix="aero-chromium-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-c", _LAUNCHER, *map(str, child), program(), *flags, f"--user-data-dir={folder}"]
        process = subprocess.Popen(
            command, pass_fds=child, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (child_reads, child_writes, *child):
            os.close(end)
        ends = threading.Timer(within, process.kill)
        ends.start()
        try:
            page = Page(commands, answers)
            page.size(width, height)
            page.ask("Page.navigate", url=address)
            yield page
        finally:
            ends.cancel()
            process.kill()
            process.wait()
            os.close(commands)
            os.close(answers)
