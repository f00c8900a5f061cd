"""aero firewall."""

import click

from aero.cluster import firewall as walls
from aero.settings import load_settings


@click.command()
@click.option("--print", "what", flag_value="print", default=True, help="Print the rules.  [default]")
@click.option("--apply", "what", flag_value="apply", help="Have the kernel take them, as root.")
@click.option("--remove", "what", flag_value="remove", help="Take them back, as root.")
def firewall(what: str) -> None:
    """Rules of nftables that keep other users of this machine from the ports that ask nobody for a name.

    HDFS, YARN, HBase, ZooKeeper and the metastore believe any name, so the kernel says who it is: only the user who
    owns AERO_HOME, and root, may connect there. Doors that ask for a password stay open to all. They hold until the
    machine starts anew; docs/security.md says how to keep them. With --profile compose they are those for the networks
    of the containers.

    \b
    aero firewall | sudo nft -f -
    aero firewall --remove
    """
    settings = load_settings()
    if what == "remove":
        walls.remove(walls.name(settings))
        click.echo("The rules are gone: other users of this machine reach every port again.")
        return
    rules = walls.rules(settings)
    if what == "print":
        click.echo(rules, nl=False)
        return
    walls.apply(rules)
    click.echo(f"In force: sudo nft list table inet {walls.name(settings)}")
