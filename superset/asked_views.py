"""Which batch view answers a chart: the one with routes where it asks of an airport, else the one without.

A dataset's SQL in superset/assets/datasets says both, `{% if asks_route %}…{% else %}…{% endif %}`. The sums are the
same, and those without routes have a fortieth of the rows or less. Nothing else is a template: what people write, in
SQL Lab or a chart's own filter, stays as it is.
"""

import json
import re
from typing import Any

from flask import has_request_context, request
from superset.jinja_context import BaseTemplateProcessor

# Of the columns of these datasets, those that only the views with routes have.
ROUTE = re.compile("origin|destination|route|latitude|longitude", re.IGNORECASE)


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
        self._context = {"asks_route": asks_route(question)}

    def process_template(self, sql: str, **_given: Any) -> str:
        own = self._table.sql if self._table is not None else None
        return super().process_template(sql) if own and sql.strip("\t\r\n; ") == own.strip("\t\r\n; ") else sql


def asks_route(question: dict[str, Any]) -> bool:
    """Whether a question names a column of a route, wherever; also where it is none, but what columns there are."""
    if "columns" not in question:
        return True
    names = [question.get(part) for part in ("columns", "groupby", "metrics", "filter")]
    return bool(ROUTE.search(json.dumps([*names, _conditions()], default=str)))


def _conditions() -> list[Any]:
    """The conditions in SQL of the questions that came with this request, which Superset does not hand on."""
    body = request.get_json(silent=True) if has_request_context() else None
    queries = body.get("queries") if isinstance(body, dict) else None
    return [one.get("extras") for one in queries or () if isinstance(one, dict)]
