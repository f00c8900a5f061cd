"""What `aero inspect` shows: of each file of a folder what it is, and what a load would do with it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from aero.month import Month, in_words
from aero.plain import echo
from luigi_tasks.landing import looking, sameness
from luigi_tasks.landing.looking import Look, Unit, Verdict
from luigi_tasks.landing.table import reading

Shared = Mapping[Unit, list[Look]]


def inspected(looks: list[Look]) -> list[dict[str, Any]]:
    """A record for each file, as `aero inspect --json` prints it: `columns` of the `full` layout's are in the file."""
    shared = {unit: same for unit, same in looking.by_unit(looks).items() if len(same) > 1}
    equal = {unit: same[0] for unit, same in shared.items() if sameness.are_equal(same, unit)}
    return [_record(look, shared, equal) for look in looks]


def _record(look: Look, shared: Shared, equal: Mapping[Unit, Look]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "file": str(look.entry.path),
        "member": look.entry.member,
        "verdict": look.verdict,
        "message": look.message,
    }
    if look.verdict != Verdict.FLIGHTS:
        return record
    assert look.form and look.months and look.dialect
    return record | {
        "layout": look.form.layout.name,
        "family": look.form.layout.family,
        "written": str(look.dialect),
        "rows": look.rows,
        "months": {str(month): rows for month, rows in look.months.items()},
        "columns": look.form.given,
        "full": look.form.full,
        "missing": look.form.missing,
        "unused": look.form.unused,
        "would": "; ".join(_would(look, shared, equal)),
    }


def _would(look: Look, shared: Shared, equal: Mapping[Unit, Look]) -> Iterator[str]:
    """What a load would do with a file of flights."""
    assert look.dialect and look.form
    others = [unit for unit in look.units if equal.get(unit, look) is not look]
    asked = {unit for unit in look.units if unit in shared and unit not in equal}
    own = [unit for unit in look.units if unit not in asked and equal.get(unit, look) is look]
    if own:
        split = f", split into {len(look.units)} files" if len(look.units) > 1 else ""
        anew = "" if look.dialect.is_plain(look.form) else f", written anew in the layout {look.form.layout.name}"
        yield f"lands as {_units(own)}{split}{anew}"
    if untold := (look.rows or 0) - sum((look.months or {}).values()):
        yield f"{untold:,} rows tell no month, and will be refused"
    if others:
        firsts = sorted({str(equal[unit].entry) for unit in others})
        part = "" if others == look.units else f" for {_units(others)}"
        yield f"left alone{part}: it holds the same as {', '.join(firsts)}"
    if asked:
        files = {str(one.entry) for unit in asked for one in shared[unit]} - {str(look.entry)}
        say = "says" if len(files) == 1 else "say"
        yield (
            f"refused for {_units(sorted(asked, key=str))}: {_names(files)} {say} something else;"
            " give the one that is meant with --source, or move the others away"
        )


def _names(files: set[str], most: int = 3) -> str:
    """The first of them, in their order, and how many more there are."""
    more = len(files) - most
    return ", ".join(sorted(files)[:most]) + (f" and {more} more" if more > 0 else "")


def _units(units: list[Unit]) -> str:
    """`2008-01 to 2008-03`, or `the years 2006, 2007`."""
    years = [str(year) for year, month in units if month is None]
    months = sorted(Month(year, month) for year, month in units if month is not None)
    words = [f"the year{'s' if len(years) > 1 else ''} {', '.join(years)}"] if years else []
    return " and ".join(words + ([_months(months)] if months else []))


def _months(months: list[Month]) -> str:
    is_range = months[-1].index - months[0].index + 1 == len(months)
    return in_words(months[0], months[-1]) if is_range else ", ".join(map(str, months))


def _in_short(columns: list[str]) -> str:
    """The columns, those of the five diversions as one number."""
    others = [name for name in columns if not re.match(r"Div\d", name)]
    diverted = len(columns) - len(others)
    return ", ".join(others + ([f"{diverted} of diversions (Div1… to Div5…)"] if diverted else []))


def _printed(record: Mapping[str, Any], member: str) -> Iterator[str]:
    """The lines about one file."""
    if record["verdict"] != Verdict.FLIGHTS:
        yield f"{record['verdict']:<10}  {record['message']}"
        return
    yield f"{record['verdict']:<10}  {record['file']}{member}"
    months = ", ".join(f"{month} {rows:,}" for month, rows in record["months"].items())
    yield f"            {record['layout']}: {record['columns']} of {record['full']} columns; {record['written']}"
    yield f"            {record['rows']:,} rows: {months}"
    if record["missing"]:
        yield f"            missing: {_in_short(record['missing'])}"
    if record["unused"]:
        yield f"            not used: {', '.join(record['unused'])}"
    yield f"            {record['would']}"


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--header-from")
@click.option("--ignore-columns", default="")
@click.option("--json", "as_json", is_flag=True)
def main(path: Path, header_from: str | None, ignore_columns: str, as_json: bool) -> None:
    """Print what each file under PATH is; aero inspect calls it."""
    how = reading(header_from, ignore_columns)
    looks = list(looking.looks(path, how, whole=True))
    records = inspected(looks)
    for note in how.misspelled(look.columns for look in looks):
        echo(note, err=True)
    if as_json:
        click.echo(json.dumps(records, indent=2))
        return
    for record in records:
        for line in _printed(record, f": {record['member']}" if record["member"] else ""):
            echo(line)
    counts = {verdict: sum(record["verdict"] == verdict for record in records) for verdict in Verdict}
    click.echo(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "no file is there")


if __name__ == "__main__":
    main()
