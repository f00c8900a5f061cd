"""What people ask who open dashboards at once, and how their numbers are checked."""

import copy

import numpy as np

from aero.errors import AeroError
from bench import people_at_once
from bench.generated_views.sums import AIRLINES, AIRPORTS, MEASURES, Sums
from bench.people_at_once import Person

BODY = {
    "datasource": {"id": 3, "type": "table"},
    "queries": [{"columns": [], "filters": [{"col": "month_date", "op": "TEMPORAL_RANGE", "val": "No filter"}]}],
}
ANN = Person("history", airline="DL", origin="JFK", years=range(2003, 2005))


class Answers:
    """A Superset that answers every question with this row, or refuses."""

    def __init__(self, **row):
        self.row, self.asked = row, []

    def chart_data(self, body):
        self.asked.append(body)
        if not self.row:
            raise AeroError("Superset refused it.", "")
        return {"result": [{"data": [self.row]}]}


def sums():
    counted = Sums.none([2002, 2003, 2004])
    for year, airline, flights in ((2002, "DL", 1000), (2003, "DL", 40), (2004, "DL", 60), (2004, "AA", 7)):
        place = AIRLINES.index(airline), AIRPORTS.index("JFK")
        counted.counts[counted.years.index(year), *place] = np.array([flights, 10, 30, 45, 90])
    return counted


def test_a_person_asks_with_their_filters_and_for_nothing_remembered():
    before = copy.deepcopy(BODY)
    asked = ANN.asks(BODY)
    assert before == BODY and asked["force"] is True
    assert asked["queries"][0]["filters"] == [
        {"col": "month_date", "op": "TEMPORAL_RANGE", "val": "2003-01-01 : 2005-01-01"},
        {"col": "airline_id", "op": "IN", "val": ["DL"]},
        {"col": "origin_id", "op": "IN", "val": ["JFK"]},
    ]


def test_people_open_dashboards_in_turn_with_filters_of_their_own():
    codes = [f"A{number}" for number in range(12)]
    those = people_at_once.people(12, ("history", "live"), codes, codes, [2001, 2002])
    assert [one.slug for one in those] == ["history", "live"] * 6
    assert len({(one.airline, one.origin, one.years) for one in those}) == 12


def test_a_number_that_is_not_the_generators_is_told():
    right = dict(zip(people_at_once.CHECKED, (100, 0.6, 2.0, 0.2), strict=True))
    assert len(MEASURES) == 5 and list(people_at_once.wrong(Answers(**right), [ANN], BODY, sums())) == []
    [told] = people_at_once.wrong(Answers(**right | {"flights": 101}), [ANN], BODY, sums())
    assert "history, DL, from JFK, 2003–2004: flights is 101, and the generator counted 100" in told
    nobody = Person("history", airline="B6")
    nothing = dict.fromkeys(people_at_once.CHECKED)
    assert list(people_at_once.wrong(Answers(**nothing), [nobody], BODY, sums())) == []
    assert len(list(people_at_once.wrong(Answers(**right), [nobody], BODY, sums()))) == 4


def test_what_was_refused_is_counted_and_everybody_waits_for_all_charts():
    asked = {"history": {"one": BODY, "other": BODY}}
    well, badly = Answers(flights=1), Answers()
    found = people_at_once.waited([well, badly], [ANN, Person("history")], asked, 2)
    assert (len(found.charts), len(found.dashboards), found.refused) == (2, 2, 2)
    assert [len(one.asked) for one in (well, badly)] == [2, 2]
