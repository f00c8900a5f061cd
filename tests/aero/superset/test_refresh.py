"""What is asked after a load is Superset's own, and what goes wrong with it keeps no load back."""

import pytest

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials, refresh

AIRLINES = {
    "filterType": "filter_select",
    "targets": [{"datasetId": 7, "column": {"name": "airline"}}],
    "controlValues": {"sortAscending": True},
}
PERIOD = {"filterType": "filter_time", "targets": [{}], "controlValues": {}}


class Server:
    """Two datasets of the history, one that lasts; a chart on each and one elsewhere; a dashboard with a filter."""

    is_up = True
    broken: tuple[str, ...] = ()

    def __init__(self):
        self.calls = []

    def __call__(self, settings, account=credentials.ADMIN):
        return _Session(self, account)


class _Session:
    def __init__(self, server, account):
        self.server, self.account = server, account

    def _called(self, name, *what, gives=None):
        self.server.calls.append((self.account, name, *what))
        if name in self.server.broken:
            raise AeroError(f"refused {name}")
        return gives

    def is_answering(self):
        return self.server.is_up

    def datasets(self):
        names = {7: refresh.HISTORY, 8: refresh.HISTORY, 9: "AERO live (Spark)"}
        return [{"id": number, "database": {"database_name": name}} for number, name in names.items()]

    def charts(self):
        return self._called("charts", gives=[{"id": 70 + one, "datasource_id": one} for one in (7, 8, 9)])

    def dashboards(self):
        return [{"native_filter_configuration": [PERIOD, AIRLINES]}, {}]

    def touch_dataset(self, number):
        return self._called("touch", number, gives={7: 604_800, 8: 5}[number])

    def chart_answer(self, number):
        return self._called("chart", number)

    def chart_data(self, body):
        return self._called("data", body["datasource"]["id"], body["queries"][0]["columns"])


@pytest.fixture
def server(monkeypatch):
    made = Server()
    monkeypatch.setattr(refresh, "Superset", made)
    return made


@pytest.fixture
def refreshed(server, tmp_path, monkeypatch):
    monkeypatch.delenv("AERO_WARM_DASHBOARDS", raising=False)
    return lambda: refresh.refresh(Settings(tmp_path, tmp_path, {}))


def test_the_history_is_voided_and_what_lasts_is_asked_by_one_who_may_only_read(server, refreshed):
    assert refreshed() == refresh.Refreshed(datasets=2, asked=2, refused=0)
    assert [call for call in server.calls if call[0] == "admin"] == [("admin", "touch", 7), ("admin", "touch", 8)]
    assert {call[:3] for call in server.calls if call[0] == "aero"} == {
        ("aero", "charts"),
        ("aero", "chart", 77),
        ("aero", "data", 7),
    }


def test_where_a_site_wants_it_so_nothing_is_asked_and_all_is_voided(server, refreshed, monkeypatch):
    monkeypatch.setenv("AERO_WARM_DASHBOARDS", "no")
    assert refreshed() == refresh.Refreshed(datasets=2, asked=0, refused=0)
    assert [name for _, name, *_ in server.calls] == ["touch", "touch"]


def test_a_question_that_is_refused_is_logged_and_the_others_are_asked(server, refreshed, caplog):
    server.broken = ("chart",)
    assert refreshed() == refresh.Refreshed(datasets=2, asked=2, refused=1)
    assert "not warm: refused chart" in caplog.text


def test_lists_that_do_not_come_are_logged(server, refreshed, caplog):
    server.broken = ("charts",)
    assert refreshed() == refresh.Refreshed(datasets=2, asked=0, refused=0)
    assert "not warm: refused charts" in caplog.text


def test_answers_that_cannot_be_voided_are_an_error(server, refreshed):
    server.broken = ("touch",)
    with pytest.raises(AeroError, match="refused touch"):
        refreshed()


def test_where_superset_does_not_run_nothing_is_asked(server, refreshed):
    server.is_up = False
    assert refreshed() is None and server.calls == []


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"filterType": "filter_select"},
        {"filterType": "filter_select", "targets": []},
        {"filterType": "filter_select", "targets": [{"datasetId": 7}], "controlValues": {}},
        {"filterType": "filter_select", "targets": [{"datasetId": 7, "column": {}}]},
        PERIOD,
    ],
)
def test_a_filter_without_values_to_choose_from_asks_nothing(odd):
    [asked] = refresh.filter_questions({"native_filter_configuration": [odd, AIRLINES]})
    assert asked["queries"][0]["columns"] == ["airline"] and asked["queries"][0]["orderby"] == [["airline", True]]


@pytest.mark.parametrize("metadata", [{}, {"native_filter_configuration": None}])
def test_a_dashboard_without_filters_asks_nothing(metadata):
    assert refresh.filter_questions(metadata) == []
