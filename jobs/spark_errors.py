"""What Spark's errors say, for a person."""

from py4j.protocol import Py4JJavaError
from pyspark.errors import PythonException

from aero.errors import AeroError


def in_words(error: BaseException) -> str:
    """An AeroError whole; of one of Spark's the first lines of its root cause and of the error that this one caused."""
    if isinstance(error, AeroError):
        return str(error)
    if isinstance(error, PythonException):  # Of a worker: its traceback, and at the end what it says.
        return str(error).strip().splitlines()[-1]
    if not isinstance(error, Py4JJavaError):
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    messages, cause = [], error.java_exception
    while cause:
        messages.append((cause.getMessage() or cause.getClass().getName()).partition("\n")[0])
        cause = cause.getCause()
    return ": ".join(messages[-2:])
