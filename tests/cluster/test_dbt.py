"""The snippets of docs/connect/dbt.md, as they stand there, on the running services."""

import json

import pytest
import yaml

from aero import files
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.ops import catalog, dbt_project
from aero.settings import load_settings
from tests import snippets
from tests.command import aero, sql

pytestmark = [pytest.mark.cluster, pytest.mark.long]
SNIPPETS = snippets.of("dbt.md")
PROJECT, DBT, QUESTIONS, MODEL = SNIPPETS
WRONG = {"aero_between": {"arguments": {"least": 2, "most": 12}}}


@pytest.fixture(scope="module")
def folder(year_2013, tmp_path_factory):
    """The page's project, and dbt, whose packages are kept from run to run."""
    folder = tmp_path_factory.mktemp("dbt")
    _run(folder, PROJECT)
    digest = files.sha256(dbt_project.TEMPLATES / "requirements.txt")[:12]
    kept = load_settings().cache / "venvs" / f"dbt-{digest}"
    with files.locked(kept.with_suffix(".lock")):
        if not (kept / "installed").is_file():
            (kept / "flights").mkdir(parents=True, exist_ok=True)
            (kept / "flights" / "requirements.txt").write_bytes((folder / "flights" / "requirements.txt").read_bytes())
            _run(kept, DBT)
            (kept / "installed").touch()
    (folder / "dbt-venv").symlink_to(kept / "dbt-venv")
    yield folder
    aero("user", "rm", "dora", "--yes")
    aero("sql", "-e", "DROP DATABASE IF EXISTS scratch_dora CASCADE")


def _run(folder, part):
    ran = snippets.run(folder, [(kind, snippets.at_ports_of(load_settings(), text)) for kind, text in SNIPPETS[part]])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_each_claim_holds_and_the_docs_have_every_table_with_its_words(folder):
    shown = _run(folder, QUESTIONS)
    assert "All checks passed!" in shown and " ERROR=0 " in shown and " WARN=0 " in shown
    target = folder / "flights" / "target"
    found, said = (json.loads((target / name).read_text())["sources"] for name in ("catalog.json", "manifest.json"))
    for dataset in (FLIGHTS, *BATCH_VIEWS):
        name = f"source.flights.{dataset.name}"
        columns = catalog.table(dataset).columns
        assert set(found[name]["columns"]) == {column.name for column in columns}
        words = [said[name]["columns"][column.name]["description"] for column in columns]
        assert words == [dbt_project.words(column) for column in columns]


def test_a_claim_that_is_wrong_fails(folder):
    sources = folder / "flights" / dbt_project.SOURCES
    text = sources.read_text()
    content = yaml.safe_load(text)
    [flights] = (table for one in content["sources"] if one["name"] == FLIGHTS.database for table in one["tables"]
                 if table["name"] == FLIGHTS.table)  # fmt: skip
    [month] = (column for column in flights["columns"] if column["name"] == "month")
    month["data_tests"] = [WRONG]
    sources.write_text(yaml.safe_dump(content))
    asked = SNIPPETS[QUESTIONS][0][1].partition("dbt debug")[0]
    ran = snippets.run(folder, [("sh", f"{asked}dbt test --select source:{FLIGHTS.name},test_name:aero_between")])
    sources.write_text(text)
    january = sql(f"SELECT COUNT(*) AS flights FROM {FLIGHTS.name} WHERE month = 1")[0]["flights"]
    assert ran.returncode == 1 and f"Got {january} results" in ran.stdout


def test_a_model_stays_in_the_analysts_database(folder):
    _run(folder, MODEL)
    rows = sql("SELECT SUM(flights) AS flights FROM scratch_dora.late_airlines WHERE year = 2013")
    assert rows == sql("SELECT COUNT(*) AS flights FROM aero_clean.flights WHERE year = 2013")
