"""How long the landing of BTS' own zips takes on this side of HDFS: looked at in their folder, copied, and checked.

    .venv/bin/python -m bench.bts_months --from 2013-01 --to 2013-02 --rows-per-month 480000 --out /tmp/months --zip
    .venv/bin/python -m bench.prezip /tmp/months --beside /path/to/another/checkout

Prints for each step seconds of the processor, the least of the rounds, and a digest of what SQL will read: a checkout
that lands the same prints the same. With --beside another checkout's landing takes turns with this one's.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from aero.datasets import REPOSITORY

STEPS = ("looked at", "copied", "checked")


def landed(folder: Path) -> dict[str, object]:
    """Seconds of the processor for each step over all zips of a folder, and the digest of what they become."""
    from aero.month import Month, month_range
    from luigi_tasks.landing.land_file import check
    from luigi_tasks.sources.folder import Folder

    began, took, digest = time.process_time(), dict.fromkeys(STEPS, 0.0), hashlib.sha256()

    def done(step: str) -> None:
        nonlocal began
        now = time.process_time()
        took[step] += now - began
        began = now

    source = Folder(folder)
    offers = source.offers(month_range(Month(1987, 10), Month(2030, 12))).files
    done("looked at")
    for offer in offers:
        with tempfile.TemporaryDirectory() as own:
            original = source.fetch(offer, Path(own), lambda *_: None)
            done("copied")
            arrival = check(original, "", offer, Path(own))
            done("checked")
            digest.update(arrival.readable.read_bytes())
            began = time.process_time()
    return took | {"files": len(offers), "digest": digest.hexdigest()[:16]}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--beside", type=click.Path(exists=True, file_okay=False), help="A checkout to compare with.")
@click.option("--once", is_flag=True, hidden=True, help="Print one round as JSON.")
def main(folder: Path, rounds: int, beside: str | None, once: bool) -> None:
    """Time the landing of a folder's zips, without any service."""
    if once:
        click.echo(json.dumps(landed(folder)))
        return
    checkouts = {"here": str(REPOSITORY)} | ({"beside": beside} if beside else {})
    found: dict[str, list[dict]] = {name: [] for name in checkouts}
    for _ in range(rounds):
        for name, checkout in checkouts.items():
            command = [sys.executable, str(Path(__file__).resolve()), str(folder.resolve()), "--once"]
            environment = os.environ | {"PYTHONPATH": checkout}
            done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    for name, all_of in found.items():
        steps = ", ".join(f"{step} {min(one[step] for one in all_of):.2f} s" for step in STEPS)
        click.echo(f"{name:<7} {all_of[0]['files']} files: {steps}; {', '.join({one['digest'] for one in all_of})}")


if __name__ == "__main__":
    main()
