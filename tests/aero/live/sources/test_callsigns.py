import pytest

from aero.live.sources.callsigns import flight_of


@pytest.mark.parametrize(
    ("call_sign", "flight"),
    [
        ("UAL421  ", ("UA", "421")),
        ("DAL1234", ("DL", "1234")),
        ("SKW0042 ", ("OO", "42")),
        ("RPA5", ("YX", "5")),
        ("LPE2264 ", None),
        ("N28CN   ", None),
        ("DAL12AB", None),
        ("DAL", None),
        ("DAL000", None),
        ("        ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_call_sign_names_a_flight_of_a_us_carrier_or_nothing(call_sign, flight):
    assert flight_of(call_sign) == flight
