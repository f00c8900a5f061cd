"""How large a request may be; gunicorn.conf.py bounds its first line and its headers."""

from answers import answer
from flask import Flask, Response, request

# Superset's own pages send lists in lists, ten deep at most; Python's parser breaks at a thousand.
DEEPEST = 100
_OTHER_SIGNS = bytes(set(range(256)) - set(b"[]{}"))


def register(app: Flask) -> None:
    """Have every request looked at before anything reads it, also those of strangers."""
    app.before_request(_refuse_the_deep)
    app.register_error_handler(413, _too_large)


def _refuse_the_deep() -> Response | None:
    if not request.is_json or not is_deep(request.get_data()):
        return None
    return answer(400, f"The JSON has more than {DEEPEST} lists and objects inside each other.")


def is_deep(text: bytes) -> bool:
    """Whether JSON has too many lists and objects inside each other. What is inside of strings does not count."""
    outside = b"".join(text.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2])
    depth = 0
    for sign in outside.translate(None, delete=_OTHER_SIGNS):
        depth += 1 if sign in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _too_large(_: Exception) -> Response:
    most = request.max_content_length or 0
    return answer(
        413, f"A request may hold {most // 2**20} MB, and a form's fields less: superset_config.py says how much."
    )
