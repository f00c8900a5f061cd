"""aero superset as a command; what it does to Superset and to the files is in tests/superset."""

from click.testing import CliRunner

from aero.cli import main
from aero.superset import assets, client, setup
from tests.printed import printed


def _superset(*arguments):
    return CliRunner().invoke(main, ["superset", *arguments, "--json"]).stdout


def test_scripts_have_how_many_assets_are_as_their_files_say(monkeypatch):
    asked = []
    monkeypatch.setattr(setup, "sync", asked.append)
    told = printed("superset sync", _superset("sync"))
    kinds = ("databases", "datasets", "charts", "dashboards")
    files = [file for kind in kinds for file in (assets.FOLDER / kind).rglob("*.yaml")]
    assert told == {"assets": len(files)} and len(asked) == 1


def test_scripts_have_the_files_that_a_person_s_changes_went_to(monkeypatch):
    file = next(assets.FOLDER.rglob("charts/**/*.yaml"))
    monkeypatch.setattr(client.Superset, "export_assets", lambda _: b"")
    for changed in ([], [file]):
        monkeypatch.setattr(assets, "take_over", lambda _, changed=changed: changed)
        told = printed("superset export", _superset("export"))
        assert [assets.FOLDER / one.removeprefix("superset/assets/") for one in told] == changed
