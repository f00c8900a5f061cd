"""aero user add, list, passwd and rm."""

import click
from rich.table import Table

from aero import metastore, people
from aero.cli import passwords
from aero.cli.as_json import json_option, print_json
from aero.errors import AeroError
from aero.screen import Console
from aero.settings import Settings, load_settings

_generate = click.option("--generate", is_flag=True, help="Make a password, and print it this once.")


@click.group()
def user() -> None:
    """Who may come in: people with a role and a password, the same at every door.

    \b
    aero user add ada --role analyst
    aero user list
    aero user passwd ada
    aero user rm ada

    A reader asks batch views, live tables and clean flights. An analyst also asks raw rows, and writes in a database of
    their own. An operator may do everything.
    """


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES), required=True, help="What they may do.")
@passwords.file_option
@_generate
@click.option("--keep-scratch", is_flag=True, help="Give an analyst the database scratch_NAME that is there already.")
def add(name: str, role: str, password_file: str | None, generate: bool, keep_scratch: bool) -> None:
    """Let a person in. The password, 12 characters at least, is asked twice.

    An analyst of a name that had a database before is refused, since they would have it: --keep-scratch is for who
    comes back.

    \b
    aero user add ada --role analyst
    aero user add ben --role reader --generate
    """
    settings = load_settings()
    people.must_be_new(people.load(settings), name)
    if role == "analyst" and not keep_scratch:
        _must_have_no_scratch(settings, name)
    password = _new_password(name, password_file, generate)
    people.add(settings, name, role, password)
    click.echo(f"{name} may come in, as {role}.", err=True)
    if generate:
        click.echo(password)


@user.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """Show who may come in, and as what. The platform's own accounts are among them.

    \b
    aero user list
    """
    everybody = people.load(load_settings()).values()
    if as_json:
        rows = [{"name": one.name, "role": one.role, "is_platform": one.name in people.PLATFORM} for one in everybody]
        print_json(rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "role", ""):
        table.add_column(column)
    for one in everybody:
        table.add_row(one.name, one.role, "the platform's own" if one.name in people.PLATFORM else "")
    Console(highlight=False).print(table)


@user.command()
@click.argument("name")
@passwords.file_option
@_generate
def passwd(name: str, password_file: str | None, generate: bool) -> None:
    """Give somebody another password. The one before is refused from now on.

    \b
    aero user passwd ada
    aero user passwd superset --generate
    """
    settings = load_settings()
    people.known(people.load(settings), name)
    password = _new_password(name, password_file, generate)
    people.change(settings, name, password)
    click.echo(f"{name} has another password.", err=True)
    if generate and name not in people.PLATFORM:
        click.echo(password)


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rm(name: str, yes: bool) -> None:
    """Let somebody in no longer. What they made stays, an analyst's database too.

    \b
    aero user rm ada
    """
    settings = load_settings()
    person = people.must_be_removable(people.load(settings), name)
    if not yes:
        click.confirm(f"Remove {name}, {person.role}?", abort=True)
    people.remove(settings, name)
    click.echo(f"{name} may come in no longer.", err=True)
    if person.role == "analyst":
        click.echo(f"If they made {people.scratch(name)}, it stays. To drop it: {_drop(name)}", err=True)


def _must_have_no_scratch(settings: Settings, name: str) -> None:
    """Raises AeroError where there is a database that an analyst of this name would have, or it can't be known."""
    scratch = people.scratch(name)
    keep = f"If {name} is to have it: --keep-scratch"
    try:
        is_there = scratch in metastore.databases(settings)
    except AeroError as away:
        if not settings.is_container and not (settings.home / "metastore").exists():
            return  # Nothing was started yet.
        raise AeroError(
            f"Whether there is a database {scratch}, which {name} would have, can't be known: {away.problem}",
            f"Start it: aero up metastore. {keep}",
        ) from away
    if is_there:
        raise AeroError(
            f"There is a database {scratch} of somebody who had this name, and {name} would have it.",
            f"Choose another name, or drop it: {_drop(name)}. {keep}",
        )


def _drop(name: str) -> str:
    return f'aero sql -e "DROP DATABASE {people.scratch(name)} CASCADE"'


def _new_password(name: str, file: str | None, generate: bool) -> str:
    if file and generate:
        raise click.UsageError("Give either --password-file or --generate.")
    return people.generated() if generate else passwords.given(name, file, is_new=True)
