"""Kills, freezes and stops servers at random while they work, and looks whether anything is lost or doubled.

    make chaos                            # 200 faults, some three hours
    make chaos SEED=7 FAULTS=10           # the ten faults of this seed, some fifteen minutes
    make chaos-night                      # 1,000
    .venv/bin/python -m bench.chaos pages # docs/survival.md anew from what was kept

It starts a platform of its own beside yours, and stops it in the end. Exit code 1: something was lost, doubled or seen
that cannot be true.
"""

import secrets
from pathlib import Path

import click

from aero.datasets import REPOSITORY
from aero.files import replace_json
from bench.chaos import disks, page, plan
from bench.chaos import run as running
from bench.chaos.workload import COMMAND_SECONDS
from bench.performance.cluster import Cluster, must_have_room

FOLDER = REPOSITORY / "build" / "chaos"
PORT_OFFSET = 16_000
SERVICES = tuple(name for name in plan.SERVICES if name != "replay")
ROOM = 6_000_000_000
# One takes a minute and a half; a busy machine has time for twice as much.
FAULT_MINUTES = 3


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: python -m bench.chaos run --seed 7 --faults 10")
@click.argument("what", type=click.Choice(["run", "plan", "pages"]))
@click.option("--seed", type=int, help="Of the faults.  [default: another each time; it is printed]")
@click.option("--faults", default=200, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@click.option("--longest", default=60, show_default=True, type=click.IntRange(plan.SHORTEST_SECONDS, 600),
              help="Seconds that a fault lasts at most.")  # fmt: skip
@click.option("--clocks", is_flag=True, help="Step the clocks of the Java servers too; needs libfaketime.")
@click.option("--minutes", type=float, help="So long after the first fault no other begins.  [default: 3 a fault]")
@click.option("--folder", default=FOLDER, type=click.Path(path_type=Path), help="For the platform's data: 6 GB.")
@click.option("--keep", is_flag=True, help="Leave the platform running, to look at it.")
def main(
    what: str,
    seed: int | None,
    faults: int,
    longest: int,
    clocks: bool,
    minutes: float | None,
    folder: Path,
    keep: bool,
):
    """Do the faults of a seed (run), list them (plan), or make the page anew (pages)."""
    if what == "pages":
        page.write(page.results())
        return
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"SEED={seed} FAULTS={faults}")
    chosen = plan.faults(seed, faults, longest, clocks)
    if what == "plan":
        for fault in chosen:
            click.echo(f"{fault.number:>4}  {fault.kind:<10}  {', '.join(fault.targets)}  {fault.seconds or ''}")
        return
    is_survived = measure(seed, chosen, minutes or FAULT_MINUTES * faults, folder.resolve(), keep)
    raise SystemExit(not is_survived)


def measure(seed: int, faults: list[plan.Fault], minutes: float, folder: Path, keep: bool) -> bool:
    """Do a run, keep its result and make the page. Returns whether nothing was lost or doubled."""
    folder.mkdir(parents=True, exist_ok=True)
    must_have_room(folder, ROOM)
    cluster = Cluster(folder / "home", SERVICES, PORT_OFFSET, COMMAND_SECONDS)
    try:
        result = running.run(cluster, faults, minutes, lambda said: click.echo(said))
    finally:
        if not keep:
            cluster.down()
            disks.unmount(cluster.home)
    result |= {"seed": seed, "asked": len(faults)}
    replace_json(page.file_of(seed, len(faults)), result, mode=0o644)
    page.write(page.results())
    for one in result["differences"]:
        click.echo(f"{one['what']}: {one['lost']} lost, {one['doubled']} doubled, {one['changed']} changed")
    is_survived = running.is_survived(result)
    click.echo("Nothing was lost or doubled." if is_survived else f"It did not survive: {page.PAGE}")
    return is_survived


if __name__ == "__main__":
    main()
