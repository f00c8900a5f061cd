"""Call signs of US carriers, `DAL1234`, and the codes that BTS and schedules use for the same flights, `DL 1234`."""

import re

# ICAO code of the carrier that flies → its code in BTS. Regional carriers fly under call signs of their own.
CARRIERS = {
    "AAL": "AA", "AAY": "G4", "ASA": "AS", "ASH": "YV", "ASQ": "EV", "AWE": "US", "AWI": "ZW",
    "COM": "OH", "CPZ": "CP", "DAL": "DL", "EDV": "9E", "EGF": "MQ", "ENY": "MQ", "FFT": "F9", "FLG": "9E",
    "GJS": "G7", "HAL": "HA", "JBU": "B6", "JIA": "OH", "MXY": "MX", "NKS": "NK", "PDT": "PT", "QXE": "QX",
    "RPA": "YX", "SCX": "SY", "SKW": "OO", "SWA": "WN", "TRS": "FL", "UAL": "UA", "UCA": "C5",
    "VRD": "VX", "VXP": "XP",
}  # fmt: skip
_CALL_SIGN = re.compile(r"([A-Z]{3})0*([1-9][0-9]{0,3})")


def flight_of(call_sign: str | None) -> tuple[str, str] | None:
    """Carrier and flight number of a call sign, padded or not; None where it is no flight of a carrier listed here.

    Registrations (`N28CN`) and call signs that end in letters, which carriers make up against confusion by ear, name no
    flight number.
    """
    match = _CALL_SIGN.fullmatch((call_sign or "").strip())
    if match is None or match[1] not in CARRIERS:
        return None
    return CARRIERS[match[1]], match[2]
