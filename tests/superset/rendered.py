"""The SQL of a dataset as superset/asked_views.py renders it, without Superset."""

import re

_CHOICE = re.compile(r"{% if asks_route %}(.*?)(?:{% else %}(.*?))?{% endif %}", re.DOTALL)


def rendered(sql: str, asks_route: bool) -> str:
    """What is asked by a question that names a column of a route, or none."""
    return _CHOICE.sub(lambda choice: choice[1] if asks_route else choice[2] or "", sql)
