"""What a measurement has done already: a killed one goes on with the first step that is not."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aero.files import replace_json


class Steps:
    """The steps of a measurement by name, with what each came to, which is kept in a file as JSON.

    `recipe` says what is measured. What was kept of another recipe, or of a measurement that came to its end, is of no
    use: `is_new` says that nothing is there, and what the measurement before left must be cleared.
    """

    def __init__(self, file: Path, recipe: dict[str, Any], say: Callable[[str], None] = print):
        self.file, self.say = file, say
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        recipe = json.loads(json.dumps(recipe))
        self.is_new = kept.get("recipe") != recipe or kept.get("is_finished", True)
        self.kept: dict[str, Any] = {"recipe": recipe, "is_finished": False, "begun": [], "begun_again": [], "done": {}}
        if not self.is_new:
            self.kept = kept

    def step(self, name: str, run: Callable[[], Any]) -> Any:
        """What the step came to: done now, or kept from a start before. It is kept once `run` has returned."""
        done = self.kept["done"]
        if name not in done:
            self.say(f"{name} …")
            if name not in self.kept["begun"]:
                self.kept["begun"].append(name)
                replace_json(self.file, self.kept)
            else:
                self.kept["begun_again"].append(name)
            began = time.monotonic()
            result = json.loads(json.dumps(run()))
            done[name] = {"result": result, "seconds": round(time.monotonic() - began, 3)}
            replace_json(self.file, self.kept)
            self.say(f"{name}: {done[name]['seconds']:.1f} s")
        return done[name]["result"]

    def seconds(self, name: str) -> float:
        """How long a step took that is done."""
        return self.kept["done"][name]["seconds"]

    @property
    def begun_again(self) -> list[str]:
        """Steps that were killed once: what they measured may be of their second half alone."""
        return self.kept["begun_again"]

    @property
    def minutes(self) -> float:
        """How long all steps took together."""
        return sum(one["seconds"] for one in self.kept["done"].values()) / 60

    def finish(self) -> None:
        """The measurement is at its end: the next one begins anew."""
        replace_json(self.file, self.kept | {"is_finished": True})
