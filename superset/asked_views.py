"""What of a dataset's SQL a question needs: it names a column of a route, an hour, an airline's name, a day, or not.

A dataset's SQL in superset/assets/datasets says all, `{% if asks_route %}…{% else %}…{% endif %}`: the batch view with
routes where an airport is asked of, else the one without, whose sums are the same and whose rows are a fortieth or
less; `{% if asks_hour %}` within it, for an airport's hours are many times the rows of its days of the week; `{% if
asks_airline %}` around the names of airlines, without which a number is asked of one table instead of two; and `{% if
asks_day %}`, for a filter that waits for the page's day would read all days. Nothing else is a template: what people
write, in SQL Lab or a chart's own filter, stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import has_request_context, request
from superset.jinja_context import BaseTemplateProcessor

# By the condition in the datasets' SQL, what columns it is about: of routes, the hour of the day, the name beside
# `airline_id`, a day.
COLUMNS = {
    "asks_route": re.compile("origin|destination|route|latitude|longitude", re.IGNORECASE),
    "asks_hour": re.compile(r"\bhour\b", re.IGNORECASE),
    "asks_airline": re.compile(r"\bairline\b", re.IGNORECASE),
    "asks_day": re.compile(r"\bday\b", re.IGNORECASE),
}

# Where Superset asks for samples and for the rows behind a number.
ROWS = "/datasource/samples"
# What of a question it does not hand on to templates.
LEFT_OUT = ("extras", "orderby", "series_limit_metric")

# What no text holds: where Superset looks for templates in what people write, it finds none.
NEVER = {
    f"{kind}_{end}_string": f"\0{kind}{end}\0" for kind in ("block", "variable", "comment") for end in ("start", "end")
}


class AskedViews(BaseTemplateProcessor):
    """Renders the SQL of a dataset for one question. Superset makes one for each."""

    def __init__(self, *given: Any, **question: Any):
        super().__init__(*given, **question)
        if self._table is None:
            self.env = self.env.overlay(**NEVER)

    def set_context(self, **question: Any) -> None:
        self._context = asks(question, [*self._table.metrics, *self._table.columns] if self._table else [])

    def process_template(self, sql: str, **_given: Any) -> str:
        own = self._table.sql if self._table is not None else None
        return super().process_template(sql) if own and sql.strip("\t\r\n; ") == own.strip("\t\r\n; ") else sql


def asks(question: dict[str, Any], known: Sequence[Any] = ()) -> dict[str, bool]:
    """Of each condition whether a question names one of its columns, wherever.

    `known` are the dataset's metrics and columns, of which a question gives the name alone, and their expressions. All
    is asked where the question is none, but what columns there are, and where it is for rows as they are, of which
    Superset counts the pages with another question than it reads them.
    """
    if "columns" not in question or (has_request_context() and request.path.endswith(ROWS)):
        return dict.fromkeys(COLUMNS, True)
    parts = [question.get(part) for part in ("columns", "groupby", "metrics", "filter")]
    named = [*_texts([*parts, *_left_out()])]
    named += [one.expression for one in known if one.expression and _name(one) in named]
    return {condition: any(map(columns.search, named)) for condition, columns in COLUMNS.items()}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a part of a question."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for one in value:
            yield from _texts(one)


def _name(known: Any) -> str:
    return getattr(known, "metric_name", None) or known.column_name


def _left_out() -> list[Any]:
    """What Superset does not hand on of the questions that came with this request: conditions in SQL, and the order."""
    body = request.get_json(silent=True) if has_request_context() else None
    queries = body.get("queries") if isinstance(body, dict) else None
    return [[one.get(part) for part in LEFT_OUT] for one in queries or () if isinstance(one, dict)]
