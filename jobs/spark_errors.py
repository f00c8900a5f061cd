"""What Spark's errors say, for a person."""

import re

from py4j.protocol import Py4JJavaError
from pyspark.errors import PythonException

from aero.errors import AeroError

_NAMED = re.compile(r"[\w.]+(Error|Exception): ")


def in_words(error: BaseException) -> str:
    """An AeroError whole; of one of Spark's the first lines of its root cause and of the error that this one caused."""
    if isinstance(error, AeroError):
        return str(error)
    if isinstance(error, PythonException):
        return _of_worker(str(error))
    if not isinstance(error, Py4JJavaError):
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    messages, cause = [], error.java_exception
    while cause:
        name, message = cause.getClass().getName(), cause.getMessage()
        if name.endswith(".PythonException"):
            return _of_worker(message)
        messages.append((message or name).partition("\n")[0])
        cause = cause.getCause()
    return ": ".join(messages[-2:])


def _of_worker(message: str) -> str:
    """What the error of a worker says: it comes behind its traceback, in a line or more."""
    lines = message.strip().splitlines()
    return next((line for line in reversed(lines) if _NAMED.match(line)), lines[-1])
