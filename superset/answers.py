"""What is answered to who asks for what they may not have (403), or what is not there (404), in a sentence: of itself
Superset answers 500 to some of it, as if it were broken."""

import re

from flask import Flask, Response, current_app, jsonify, request
from pyhive.exc import Error

# Programs ask these, and are not answered with a page for people, whatever else they take.
_INTERFACE = ("/api/", "/datasource/")
_REFUSED = re.compile(r"(?:superset may not|Nobody may) .*")
_MISSING = re.compile(r"Table not found|Database does not exist|(?:TABLE_OR_VIEW|SCHEMA)_NOT_FOUND")
# Of a request: the status and the sentence for the question of it that was not answered. Where a server is away it has
# none, and Superset's own stays: its pages ask again and again where that is 503.
_NOTED = "aero_answer"


def register(app: Flask) -> None:
    """Have every request looked at before anything else, and when it is answered."""
    from superset.views.datasource.schemas import ExternalMetadataSchema

    app.before_request(_before)
    app.after_request(_instead)
    # Superset reads these whether they were sent or not.
    for name in ("normalize_columns", "always_filter_main_dttm"):
        ExternalMetadataSchema._declared_fields[name].load_default = False


def answer(status: int, sentence: str) -> Response:
    """A sentence as JSON."""
    response = jsonify(message=sentence)
    response.status_code = status
    return response


def refusal(error: Error) -> str | None:
    """The sentence with which reading.py or a server's door refused a question; None where it failed otherwise."""
    if getattr(error, "is_refusal", False):
        return str(error)
    found = _REFUSED.search(said(error))
    return found and found[0]


def note(error: Error) -> None:
    """That the question of this request was not answered, and why."""
    if sentence := refusal(error):
        request.environ[_NOTED] = 403, sentence
    elif getattr(error, "is_away", False):
        request.environ[_NOTED] = None, str(error)
    elif _MISSING.search(said(error)):
        request.environ[_NOTED] = 404, "There is no such table or view."


def said(error: Error) -> str:
    """What the server said, without what Thrift puts around it."""
    status = getattr(error.args[0] if error.args else None, "status", None)
    return str(getattr(status, "errorMessage", None) or error)


def _before() -> Response | None:
    if request.path.startswith(_INTERFACE):
        request.environ["HTTP_ACCEPT"] = "application/json"
    language = (request.view_args or {}).get("locale")
    if request.path.startswith("/lang/") and language not in current_app.config["LANGUAGES"]:
        return answer(404, f"There is no language {language} here.")
    return None


def _instead(response: Response) -> Response:
    status, sentence = request.environ.get(_NOTED, (None, None))
    if sentence and response.status_code in ((422, 500) if status else (400, 422, 500)):
        response.status_code = status or response.status_code
        response.mimetype = "application/json"
        response.set_data(current_app.json.dumps({"message": sentence}))
    return response
