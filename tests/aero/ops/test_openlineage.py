"""The events are those that OpenLineage's own client would write."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from kafka.admin import NewTopic
from openlineage.client import event_v2, facet_v2
from openlineage.client.serde import Serde

from aero import run_log
from aero.cli import main
from aero.ops import forecast_origins, openlineage
from aero.run_reports import Made
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Webhook
from tests.kafka_broker import Broker, admin, as_account, read

AT = datetime(2026, 11, 29, 4, 47, 0, 123000, tzinfo=UTC)
RUN = "20261129T044658.514220Z"
ROUTES, FLIGHTS = "aero_batch.route_delays_monthly", "aero_clean.flights"
FORECASTS, MODELS = "aero_ml.delay_forecasts", "aero_ml.models"
FILE = "/aero/raw/flights_reporting/year=2013/month=02/landed=x/f.csv.gz"


def by_the_client(event):
    """The same event, made of the client's classes, which know the schema; what they do not know they refuse."""
    event_v2.set_producer(openlineage.PRODUCER)

    def dataset(kind, content):
        facets = {}
        own = content.get("facets", {})
        if version := own.get("version"):
            known = facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet
            facets["version"] = known(datasetVersion=version["datasetVersion"])
        if "schema" in own:
            fields = [facet_v2.schema_dataset.SchemaDatasetFacetFields(**one) for one in own["schema"]["fields"]]
            facets["schema"] = facet_v2.schema_dataset.SchemaDatasetFacet(fields=fields)
            if columns := own.get("columnLineage"):
                lineage = facet_v2.column_lineage_dataset
                made = {
                    name: lineage.Fields(inputFields=[lineage.InputField(**source) for source in of["inputFields"]])
                    for name, of in columns["fields"].items()
                }
                facets["columnLineage"] = lineage.ColumnLineageDatasetFacet(fields=made)
        more = {}
        if rows := content.get("outputFacets"):
            count = rows["outputStatistics"]["rowCount"]
            statistics = facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=count)
            more["outputFacets"] = {"outputStatistics": statistics}
        return kind(namespace=content["namespace"], name=content["name"], facets=facets, **more)

    sets = {
        "inputs": [dataset(event_v2.InputDataset, one) for one in event["inputs"]],
        "outputs": [dataset(event_v2.OutputDataset, one) for one in event["outputs"]],
    }
    common = {"eventTime": event["eventTime"], "job": event_v2.Job(**event["job"]), **sets}
    if "run" not in event:
        return event_v2.JobEvent(**common)
    run = event_v2.Run(runId=event["run"]["runId"])
    return event_v2.RunEvent(eventType=event_v2.RunState[event["eventType"]], run=run, **common)


def told(content):
    """Without what is empty, of which the client writes some."""
    if isinstance(content, dict):
        return {name: told(value) for name, value in content.items() if value not in (None, {}, [])}
    return [told(one) for one in content] if isinstance(content, list) else content


EVENTS = [
    *openlineage.run_events(load_settings(), RUN, AT, Made(FLIGHTS, "2013-02", (FILE,), 24_951)),
    *openlineage.run_events(load_settings(), RUN, AT, Made(ROUTES, "2013", (FLIGHTS,))),
    *openlineage.run_events(
        load_settings(), RUN, AT, Made(FORECASTS, "2013-12-20", (FLIGHTS, MODELS), 900, {MODELS: "t1"})
    ),
    openlineage.job_event(load_settings(), ROUTES, AT),
    openlineage.job_event(load_settings(), "chart:history/On-time arrivals by airline", AT),
    openlineage.job_event(load_settings(), "aero_live.flight_state", AT),
    *(openlineage.job_event(load_settings(), table, AT) for table in forecast_origins.TABLES),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['job']['name']} {event.get('eventType', '')}")
def test_an_event_is_what_the_client_would_write(event):
    assert told(event) == told(json.loads(Serde.to_json(by_the_client(event))))


def test_a_load_is_told_with_its_file_its_rows_and_of_what_each_column_is():
    start, complete = EVENTS[:2]
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE") and start["run"] == complete["run"]
    assert [one["name"] for one in complete["inputs"]] == [FILE]
    [made] = complete["outputs"]
    assert made["outputFacets"]["outputStatistics"]["rowCount"] == 24_951
    sources = made["facets"]["columnLineage"]["fields"]["arrival_delay_minutes"]["inputFields"]
    assert [(one["name"], one["field"]) for one in sources] == [
        ("aero_raw.flights_reporting", "arr_delay"),
        ("aero_raw.flights_marketing", "arr_delay"),
        ("aero_raw.flights_dataexpo", "arr_delay"),
    ]


def test_a_forecast_is_told_with_its_training_its_features_and_the_model():
    _, complete = (one for one in EVENTS if one["job"]["name"] == FORECASTS and "run" in one)
    flights, models = complete["inputs"]
    assert "facets" not in flights and models["facets"]["version"]["datasetVersion"] == "t1"
    sources = complete["outputs"][0]["facets"]["columnLineage"]["fields"]["late_probability"]["inputFields"]
    found = {(one["name"], one["field"]) for one in sources}
    assert {(MODELS, "parameters"), (FLIGHTS, "distance_miles"), (FLIGHTS, "arrival_delay_minutes")} <= found


@pytest.fixture
def settings(tmp_path):
    known = replace(load_settings(), home=tmp_path)
    run_log.folder(known, RUN).mkdir(parents=True)
    return known


def test_they_are_kept_beside_the_log_and_posted(settings, monkeypatch):
    with Webhook() as hook:
        monkeypatch.setenv(openlineage.URL, hook.url)
        openlineage.tell(settings, RUN, EVENTS[:2])
        assert [json.loads(body) for body, _ in hook.told] == EVENTS[:2]
    kept = (run_log.folder(settings, RUN) / "lineage.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in kept] == EVENTS[:2]


def test_a_receiver_that_is_away_hinders_no_run_and_its_password_is_in_no_log(settings, monkeypatch):
    monkeypatch.setenv(openlineage.URL, "http://me:secret-word@localhost:1/x")
    handler = run_log.attach(settings, RUN)
    openlineage.tell(settings, RUN, EVENTS[:2])
    run_log.detach(handler)
    said = (run_log.folder(settings, RUN) / "run.log").read_text()
    assert "WARNING 2 events were not told to localhost: ConnectionError" in said and "secret-word" not in said


@pytest.fixture
def broker(tmp_path_factory):
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        broker.start("closed")
        yield broker
    finally:
        broker.end()


def test_they_are_sent_to_a_topic_and_one_that_is_not_there_is_said(broker, monkeypatch):
    settings = broker.settings
    run_log.folder(settings, RUN).mkdir(parents=True)
    with admin(as_account("aero")) as kafka:
        kafka.create_topics([NewTopic("lineage", 4, 1)])
    handler = run_log.attach(settings, RUN)
    for topic in ("lineage", "not-there", ""):
        monkeypatch.setenv(openlineage.URL, f"kafka://{broker.inside}/{topic}")
        openlineage.tell(settings, RUN, EVENTS[:2])
    run_log.detach(handler)
    assert [json.loads(value) for value in read(as_account("aero"), "lineage")] == EVENTS[:2]
    said = (run_log.folder(settings, RUN) / "run.log").read_text().splitlines()
    assert len(said) == 2 and all("WARNING 2 events were not told to localhost" in line for line in said)


def test_the_command_prints_how_a_chart_and_all_before_it_are_made_the_source_first():
    words = ["lineage", "On-time arrivals by airline", "--as", "openlineage"]
    events = [json.loads(line) for line in CliRunner().invoke(main, words).stdout.splitlines()]
    names = [one["job"]["name"] for one in events]
    assert names[-1] == "chart:history/On-time arrivals by airline"
    assert names.index("aero_raw.flights_reporting") < names.index(FLIGHTS) < names.index(ROUTES)
