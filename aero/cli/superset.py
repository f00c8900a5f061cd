"""aero superset password, sync and export."""

import click

from aero.cli.as_json import json_option, print_json
from aero.datasets import REPOSITORY
from aero.settings import load_settings
from aero.superset import assets, client, credentials, setup


@click.group()
def superset() -> None:
    """The dashboards: their password, and their files under superset/assets.

    \b
    aero superset password
    aero superset sync
    aero superset export
    """


@superset.command()
def password() -> None:
    """Show the address, the user and the password, which was made at the first start.

    \b
    aero superset password
    """
    settings = load_settings()
    click.echo(
        f"{settings.page('SUPERSET')}  user {credentials.ADMIN}  password {credentials.admin_password(settings)}"
    )


@superset.command()
@json_option
def sync(as_json: bool) -> None:
    """Load the files of superset/assets, and marks of storms and holidays: what was changed in the page and not
    exported is overwritten.

    \b
    aero superset sync
    """
    setup.sync(load_settings())
    count = len(assets.files()) - 1
    if as_json:
        print_json({"assets": count})
    else:
        click.echo(f"{count} databases, datasets, charts and dashboards are as their files say.")


@superset.command()
@json_option
def export(as_json: bool) -> None:
    """Write what a person changed in the page back to the files of superset/assets, to be seen with git diff.

    \b
    aero superset export
    """
    changed = [
        file.relative_to(REPOSITORY) for file in assets.take_over(client.Superset(load_settings()).export_assets())
    ]
    if as_json:
        print_json(changed)
        return
    for file in changed:
        click.echo(file)
    click.echo(f"{len(changed)} files changed." if changed else "Nothing was changed in the page.")
