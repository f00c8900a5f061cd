"""aero notebook."""

import os
from pathlib import Path

import click

from aero import notebook as asking
from aero.cli import passwords
from aero.cluster import jupyter
from aero.errors import AeroError
from aero.plain import echo
from aero.screen import Console
from aero.settings import load_settings


@click.command()
@click.argument("folder", default="aero-notebooks", type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@passwords.as_option
@passwords.file_option
def notebook(folder: Path, name: str | None, password_file: str | None) -> None:
    """Open notebooks in JupyterLab, with a session of Spark on the tables: prints its address, until Ctrl-C.

    Three notebooks are put into DIR (aero-notebooks by default), those of them that are not there: a first look, an
    airport's year, live against history. The first start fetches JupyterLab. Whoever has the address does in it what
    you may do on this machine. --as asks with somebody's role in SQL, by the Spark Thrift Server.

    \b
    aero notebook
    aero notebook ~/flights
    aero notebook ~/flights --as ada
    """
    settings = load_settings()
    if settings.is_container:
        raise AeroError("No browser reaches a notebook of a container.", "Start aero notebook on a machine.")
    login = passwords.login("SPARK_THRIFT", name, password_file)
    jupyter.VENV.install(settings, Console(stderr=True))
    for file in jupyter.copy(folder):
        echo(f"  copied  {file}", err=True)
    token, start = jupyter.new_token(), jupyter.command(settings, folder)
    variables = jupyter.environment(settings) | {"JUPYTER_TOKEN": token}
    if login:
        variables |= {asking.NAME: login.name, asking.PASSWORD: login.password}
    echo("JupyterLab is there in some seconds; Ctrl-C ends it:", err=True)
    click.echo(jupyter.address(settings, token))
    os.chdir(folder)
    os.execve(start[0], start, variables)
