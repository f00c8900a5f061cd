"""Small files like those of BTS, made from a base row and what differs."""

import io
import zipfile

from aero.bts import LAYOUTS

README = b"<html><body>readme</body></html>"


def row(year: int, month: int, **fields: str) -> dict[str, str]:
    """A flight in BTS' own spelling: text quoted, numbers bare, most of it empty."""
    base = {
        "Year": str(year),
        "Month": str(month),
        "DayofMonth": "31",
        "FlightDate": f"{year}-{month:02d}-31",
        "OriginCityName": '"New York, NY"',
        "DepDelay": "-1.00",
        "Tail_Number": '""',
    }
    return base | fields


def csv_bytes(rows: list[dict[str, str]], layout: str = "reporting", columns: tuple[str, ...] | None = None) -> bytes:
    """A CSV with every header and row ending in a comma, as BTS has them; Data Expo's have no such comma."""
    columns = columns or LAYOUTS[layout].columns
    end = "" if layout == "dataexpo" else ","
    header = ",".join(columns if layout == "dataexpo" else (f'"{column}"' for column in columns))
    lines = [header, *(",".join(row.get(column, "") for column in columns) for row in rows)]
    return "".join(f"{line}{end}\n" for line in lines).encode("latin-1")


MEMBER = "On_Time_(1987_present)_2013_1.csv"


def zip_bytes(csv: bytes, member: str = MEMBER, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip like BTS': one CSV and a readme. The same bytes every time: no member carries the time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in ((member, csv), ("readme.html", README)):
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


def month_zip(year: int, month: int, rows: int = 3, **fields: str) -> bytes:
    return zip_bytes(csv_bytes([row(year, month, **fields)] * rows))
