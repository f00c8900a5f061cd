"""Pages that are made in part: what stands between two markers is a program's, all else is written by hand."""

from pathlib import Path

from aero.errors import AeroError
from aero.files import replace_text


def put(page: Path, name: str, text: str) -> None:
    """Put a text between `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a page. Raises AeroError without both."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found_too, after = rest.partition(end)
    if not (found and found_too):
        raise AeroError(f"{page} has no place for {name}.", f"Write {begin}{end} where it is to stand.")
    replace_text(page, f"{before}{begin}{text}{end}{after}", mode=0o644)
