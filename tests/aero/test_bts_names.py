import pytest

from aero import bts_names
from aero.bts import LAYOUTS
from aero.errors import AeroError

KEY = ["FL_DATE", "OP_UNIQUE_CARRIER", "OP_CARRIER_FL_NUM", "ORIGIN", "DEST"]


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_layout_of_bts_is_its_own_form(layout):
    columns = LAYOUTS[layout].columns
    for names in (columns, (*columns, "")):
        form = bts_names.form_of(names, "file")
        assert (form.layout, form.is_exact, form.unused) == (LAYOUTS[layout], True, ())
        assert len(form.missing) == {"dataexpo": 80}.get(layout, 0)


@pytest.mark.parametrize("nameless", ["", "Unnamed: 0", "Unnamed: 0.1", "Unnamed: 109", "__null_dask_index__"])
def test_a_nameless_column_elsewhere_is_nothing_but_the_file_is_not_as_bts_has_it(nameless):
    form = bts_names.form_of((nameless, *LAYOUTS["reporting"].columns), "file")
    assert (form.is_exact, form.unused, form.places["Year"]) == (False, (), 1)


def test_who_has_only_iata_s_code_has_told_the_airline():
    form = bts_names.form_of(["FL_DATE", "OP_CARRIER", *KEY[2:]], "file")
    assert form.places["Reporting_Airline"] == form.places["IATA_CODE_Reporting_Airline"] == 1
    assert form.given == 5


def test_the_code_of_an_airline_goes_before_its_name():
    form = bts_names.form_of(["AIRLINE", "AIRLINE_CODE", *KEY[:1], *KEY[2:]], "file")
    assert (form.places["Reporting_Airline"], form.unused) == (1, ("AIRLINE",))


def test_a_marketing_column_makes_it_the_marketing_family_s():
    names = ["MKT_UNIQUE_CARRIER", "MKT_CARRIER_FL_NUM", *KEY]
    form = bts_names.form_of(names, "file")
    assert (form.layout.name, form.places["Operating_Airline"], form.full) == ("marketing", 3, 119)


def test_a_unit_in_brackets_is_no_part_of_a_name():
    form = bts_names.form_of([*KEY, "DEP_DELAY (min)", "Distance [miles]"], "file")
    assert (form.places["DepDelay"], form.places["Distance"]) == (5, 6)


@pytest.mark.parametrize("missing", range(5))
def test_without_one_of_five_columns_no_flight_is_told(missing):
    names = [name for place, name in enumerate(KEY) if place != missing]
    words = ("the date", "the airline", "the flight number", "the origin's code", "the destination's code")
    with pytest.raises(AeroError, match=f"file: it lacks what tells a flight: {words[missing]};"):
        bts_names.form_of(names, "file")


def test_unknown_columns_are_named_unless_they_are_ignored():
    with pytest.raises(AeroError, match="file: unknown columns: Mood, taste\n  Give --ignore-columns"):
        bts_names.form_of([*KEY, "Mood", "taste"], "file")
    assert bts_names.form_of([*KEY, "Mood", "taste"], "file", ["MOOD", "Taste"]).unused == ("Mood", "taste")


def test_where_no_flight_is_told_nothing_is_to_be_gained_by_ignoring_a_column():
    with pytest.raises(AeroError, match="file: it lacks what tells a flight: the airline; its columns are .*, Mood\n"):
        bts_names.form_of(["FL_DATE", *KEY[2:], "Mood"], "file")


def test_a_column_that_is_there_twice_is_named():
    with pytest.raises(AeroError, match="file: columns that are there twice: DEST, Dest"):
        bts_names.form_of([*KEY, "Dest"], "file")


def test_no_two_columns_have_the_same_known_name():
    """An alias that is another column's own name would be read as that one."""
    for column, names in bts_names._ALIASES.items():
        for name in names:
            assert bts_names._names()[bts_names.squeezed(name)][0] == column, name
