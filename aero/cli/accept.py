"""aero accept."""

import getpass
from dataclasses import asdict

import click

from aero import connections, lease, pipeline
from aero.cli.as_json import print_json
from aero.cli.load import month_option, no_wait_option
from aero.cli.months import judged
from aero.month import Month
from aero.ops import acceptances
from aero.plain import echo


def _reason(_context: click.Context, option: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("say why: others will ask", param=option)
    return value


@click.command()
@click.argument("month", callback=month_option)
@click.option("--because", required=True, metavar="TEXT", callback=_reason, help="Why, for those who meet the month.")
@click.option("--gate", "gates", multiple=True, metavar="NAME", help="A gate to overrule; give it again for more."
              "  [default: all that refused the month]")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what it would overrule, and do nothing.")
@no_wait_option
@click.option("--json", "as_json", is_flag=True, help="What was overruled and loaded as JSON, for scripts.")
def accept(month: Month, because: str, gates: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Publish a month that quality gates refused: a person knows why it is unlike the others, and says so.

    It overrules the gates for this one version of the month: other bytes are judged anew, and so is every gate that is
    not named. Who did it, when and why is kept in aero_ops.acceptances and shown by aero months and on the dashboard
    Health. Killed and run again, it ends what it began. A load that lacks lines of its file is never published.

    \b
    aero checks 2020-04
    aero accept 2020-04 --because "the airlines stood still" --dry-run
    aero accept 2020-04 --because "the airlines stood still" --gate cancelled_share --gate rows_as_expected
    """
    client = connections.webhdfs()
    if not dry_run:
        lease.hold(f"an acceptance of {month}")
    plan = acceptances.planned(client, month, judged(month), gates)
    if not as_json:
        _tell(plan, "would be " if dry_run else "")
    elif dry_run:
        print_json(asdict(plan) | {"month": str(month)})
    if dry_run:
        return
    kept = acceptances.keep(client, plan, getpass.getuser(), because)
    lease.let_go()  # The pipeline's process takes it.
    report = pipeline.run("LoadFlights", start=month, end=month, source="raw", family=plan.family, rebuild=plan.rebuild)
    entry = acceptances.published(client, plan)
    if as_json:
        accepted = [asdict(one) for one in kept]
        print_json({"month": str(month), "accepted": accepted, "load": report})
    else:
        echo(f"{month} is {entry.state}, {acceptances.in_words(kept)}: {entry.served_rows:,} flights")


def _tell(plan: acceptances.Plan, would: str) -> None:
    """Say which gates are overruled, and which refuse the load nevertheless."""
    for one in plan.known:
        echo(f"overruled before  {one.check_name}, by {one.accepted_by}: {one.because}")
    for name, message in plan.new.items():
        echo(f"{would}overruled  {name} ({message})")
    for name in plan.left:
        click.echo(f"refuses it still  {name}; name it too, or mend the month")
