"""Boards on the wall (aero/walls.py): a page for a screen that nobody has signed in at, and what its guest may ask.

The page holds the dashboard as Superset has it for other sites, in a frame, and gives it a guest's token, which is good
for some minutes and for this dashboard alone. Of itself Superset lets a guest ask a dashboard's datasets anything; here
one asks what the board draws and what its filters offer.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import audited
from answers import answer
from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_login import current_user
from sign_in_limits import too_hasty

from aero import walls as kept
from aero.audit import Outcome
from aero.settings import load_settings

if TYPE_CHECKING:
    from superset.common.query_context import QueryContext
    from superset.common.query_object import QueryObject

# In the token, of its user: which board, by the digest of its key.
_BOARD = "aero_wall"
_ANSWERS = ("full", "results")
_SETTINGS = load_settings()

walls = Blueprint("walls", __name__, url_prefix=kept.PAGE.rstrip("/"))


@walls.get("/")
def page() -> str:
    """The page of every board: which it is, the key behind the `#` of its address says."""
    return render_template("wall.html", renews_seconds=current_app.config["GUEST_TOKEN_JWT_EXP_SECONDS"] // 2)


@walls.get("/token")
def token() -> Response:
    """For the key of a board, a guest's token and which dashboard it is for. 403 for any other key, 429 where an
    address gives many, 404 where the dashboard is gone. A board's own key is good whatever others give from there."""
    from superset.daos.dashboard import EmbeddedDashboardDAO
    from superset.extensions import db, security_manager
    from superset.models.dashboard import Dashboard

    wall = kept.of_key(_SETTINGS, request.headers.get("Authorization", "").removeprefix("Bearer "))
    if not wall:
        audited.write("wall", "sign in", Outcome.NOT_SIGNED_IN, "no such link", again_seconds=audited.AGAIN_SECONDS)
        if seconds := current_app.extensions["sign_in_limits"].wrong_key(request.remote_addr or ""):
            return too_hasty(
                answer(429, f"Too many links that are no board's. Try again in {seconds} seconds."), seconds
            )
        return answer(403, "This link is no board's, or has ended. Another is made by: aero wall add")
    dashboard = db.session.query(Dashboard).filter_by(slug=wall.dashboard).one_or_none()
    if not dashboard:
        return answer(404, f"There is no dashboard {wall.dashboard} here.")
    embedded = dashboard.embedded[0] if dashboard.embedded else EmbeddedDashboardDAO.upsert(dashboard, [])
    db.session.commit()
    who = {"username": f"wall {wall.name}", "first_name": wall.name, "last_name": "", _BOARD: wall.key_sha256}
    what = [{"type": "dashboard", "id": str(embedded.uuid)}]
    audited.write(who["username"], "sign in", Outcome.SIGNED_IN, again_seconds=audited.AGAIN_SECONDS)
    return jsonify(board=str(embedded.uuid), token=security_manager.create_guest_access_token(who, what, []))


@walls.before_app_request
def keep_no_log() -> Response | None:
    """Pages report what they did, which is kept by the account's number. A guest has none: Superset would break. Nor
    has the page of signing in, which would be sent to sign in while it does."""
    if request.path != "/superset/log/":
        return None
    is_guest = current_app.config["GUEST_TOKEN_HEADER_NAME"] in request.headers
    return Response() if is_guest or not current_user.is_authenticated else None


def is_good(token: dict[str, Any]) -> bool:
    """Whether the board that a guest's token was given to is still there."""
    return kept.of_digest(_SETTINGS, str(token["user"].get(_BOARD))) is not None


def asks_what_is_drawn(asked: "QueryContext") -> bool:
    """Whether a guest's question is one that its board asks. Superset does not compare it: it looks for the chart among
    those that a guest may edit, and finds none. That chart and filter are on this board, it has seen."""
    from superset.extensions import db
    from superset.models.slice import Slice

    if not all(_is_plain(query, asked) for query in asked.queries):
        return False
    form = asked.form_data or {}
    if form.get("type") == "NATIVE_FILTER":
        column = _column_of_filter(form)
        return column is not None and all(_is_of_filter(query, column) for query in asked.queries)
    chart = db.session.get(Slice, form.get("slice_id") or 0)
    return chart is not None and all(_is_of_chart(query, chart.params_dict) for query in asked.queries)


def _column_of_filter(form: dict[str, Any]) -> str | None:
    """What the filter of this question offers the values of."""
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    dashboard = db.session.get(Dashboard, form.get("dashboardId"))
    metadata = json.loads((dashboard.json_metadata if dashboard else None) or "{}")
    for one in metadata.get("native_filter_configuration", ()):
        if one.get("id") == form.get("native_filter_id"):
            return next((target["column"]["name"] for target in one["targets"] if "column" in target), None)
    return None


def _is_plain(query: "QueryObject", asked: "QueryContext") -> bool:
    """Whether it asks for rows."""
    kinds = {asked.result_type, query.result_type or asked.result_type}
    return kinds <= set(_ANSWERS)


def _is_of_filter(query: "QueryObject", column: str) -> bool:
    asked = [*query.columns, *(one for one, _ in query.orderby), *_more(query)]
    return set(map(str, asked)) <= {column} and not (query.metrics or query.annotation_layers or _conditions(query))


def _is_of_chart(query: "QueryObject", drawn: dict[str, Any]) -> bool:
    """Whether all that is asked stands in what the chart draws: names, and expressions letter by letter."""
    # What rows are sorted by is a text of JSON, such as '["place", true]', and need be no column of theirs.
    texts = {*_texts(drawn), *(json.loads(one)[0] for one in drawn.get("order_by_cols") or ())}
    own = [one for one in drawn.get("adhoc_filters") or () if one.get("expressionType") == "SQL"]
    allowed = {" AND ".join(f"({one['sqlExpression']})" for one in own if one["clause"].lower() == part)
               for part in ("where", "having")}  # fmt: skip
    asked = [*query.columns, *(query.metrics or ()), *(one for one, _ in query.orderby), *_more(query)]
    return all(_stands_in(texts, one) for one in asked) and _conditions(query) <= allowed and _marks(query, drawn)


def _marks(query: "QueryObject", drawn: dict[str, Any]) -> bool:
    """Whether the layers of annotations that are asked for are the chart's, and no other chart's rows."""
    own = [one["value"] for one in drawn.get("annotation_layers") or () if one["sourceType"] == "NATIVE"]
    return all(one["sourceType"] == "NATIVE" and one["value"] in own for one in query.annotation_layers)


def _more(query: "QueryObject") -> list[Any]:
    """What else of a question can be any SQL: the series, and by what they are sorted."""
    return [*query.series_columns, *([query.series_limit_metric] if query.series_limit_metric else [])]


def _conditions(query: "QueryObject") -> set[str]:
    """What of a question's conditions is SQL; one of a column alone is none."""
    own = {str(one["col"]) for one in query.filter if not isinstance(one["col"], str)}
    return own | {text for part in ("where", "having") if (text := query.extras.get(part))}


def _texts(drawn: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(drawn, str):
        yield drawn
    elif isinstance(drawn, dict | list):
        for one in drawn.values() if isinstance(drawn, dict) else drawn:
            yield from _texts(one)


def _stands_in(texts: set[str], one: Any) -> bool:
    if isinstance(one, str):
        return one in texts
    if one.get("expressionType") == "SIMPLE":
        return {one.get("aggregate"), (one.get("column") or {}).get("column_name")} <= texts
    return one.get("sqlExpression") in texts
