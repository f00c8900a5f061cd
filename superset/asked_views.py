"""What of a dataset's SQL a question needs: it names a column of a route, an hour, an airline's name, a day, or not.

A dataset's SQL in superset/assets/datasets says all, `{% if asks_route %}…{% else %}…{% endif %}`: the batch view with
routes where an airport is asked of, else the one without, whose sums are the same and whose rows are a fortieth or
less; `{% if asks_hour %}` within it, for an airport's hours are many times the rows of its days of the week; `{% if
asks_airline %}` around the names of airlines, without which a number is asked of one table instead of two; and `{% if
asks_day %}`, for a filter that waits for the page's day would read all days. Nothing else is a template: what people
write, in SQL Lab or a chart's own filter, stays as it is.
"""

import json
import re
from collections.abc import Sequence
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
    is asked where the question is none, but what columns there are.
    """
    if "columns" not in question:
        return dict.fromkeys(COLUMNS, True)
    parts = [question.get(part) for part in ("columns", "groupby", "metrics", "filter")]
    text = json.dumps([*parts, _conditions()], default=str)
    text += " ".join(one.expression for one in known if one.expression and json.dumps(_name(one)) in text)
    return {condition: bool(columns.search(text)) for condition, columns in COLUMNS.items()}


def _name(known: Any) -> str:
    return getattr(known, "metric_name", None) or known.column_name


def _conditions() -> list[Any]:
    """The conditions in SQL of the questions that came with this request, which Superset does not hand on."""
    body = request.get_json(silent=True) if has_request_context() else None
    queries = body.get("queries") if isinstance(body, dict) else None
    return [one.get("extras") for one in queries or () if isinstance(one, dict)]
