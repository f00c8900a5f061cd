"""`aero status --writers`: who writes, and who waits."""

from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner

from aero import lease
from aero.cli import cluster, main
from aero.lease import Holder
from aero.settings import load_settings
from tests.printed import printed

FIRST = Holder("a load of 2014-01", 4711, "here", "2026-11-27T10:03:00+00:00")
SECOND = Holder("a rebuild of 2014-01", 4712, "there", "2026-11-27T10:04:00+00:00")


@pytest.mark.parametrize(
    ("holders", "output"),
    [
        ([], "Nobody writes.\n"),
        (
            [FIRST, SECOND],
            "writes  a load of 2014-01 (process 4711 on here, since 10:03 UTC)\n"
            "waits   a rebuild of 2014-01 (process 4712 on there, since 10:04 UTC)\n",
        ),
    ],
)
def test_the_writers_are_shown_in_their_order(monkeypatch, holders, output):
    monkeypatch.setattr(lease, "holders", lambda settings: holders)
    assert CliRunner().invoke(main, ["status", "--writers"]).output == output
    as_json = CliRunner().invoke(main, ["status", "--writers", "--json"]).output
    assert printed("status --writers", as_json) == [asdict(one) for one in holders]


def test_what_a_service_waits_for_and_where_the_data_is_are_shown_as_text(monkeypatch, tmp_path, capsys):
    """Text in brackets vanished, and a name such as [/data] ended the command."""
    home = tmp_path / "[bold] data"
    monkeypatch.setenv("AERO_HOME", str(home))
    waiting = cluster.ServiceRow("namenode", "", "running", 1, {}, False, "blocks [/5 of 7]", None, None, None, None)
    writing = replace(waiting, name="hbase", ready=True, writers=[replace(FIRST, host="[here]")])
    cluster._print_status([waiting, writing], load_settings())
    output = capsys.readouterr().out
    assert "waits for blocks [/5 of 7]" in output
    assert f"Data: {home}" in output and "process 4711 on [here]" in output


def test_scripts_have_every_service(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    services = printed("status", CliRunner().invoke(main, ["status", "--json"]).output)
    assert {one["name"]: one["ready"] for one in services}["namenode"] is False and len(services) > 15


def test_watch_shows_the_services_again_until_ctrl_c(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    pauses = []

    def wait(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(cluster.time, "sleep", wait)
    shown = CliRunner().invoke(main, ["status", "--watch"])
    assert shown.exit_code == 0 and shown.output.count("0 of ") == 3
    assert "goes without" in CliRunner().invoke(main, ["status", "--watch", "--json"]).output
