"""What a notebook asks with, in its first line: `from aero.notebook import spark`.

It is a session of Spark on YARN, as the platform's user; to who came by `aero notebook --as NAME`, an `Asking` of the
Spark Thrift Server as that person.
"""

import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from aero import connections
from aero.cluster.spark_session import session
from aero.errors import AeroError

if TYPE_CHECKING:
    import pandas

# As whom the notebooks of this start ask; none is the platform.
NAME, PASSWORD = "AERO_NOTEBOOK_AS", "AERO_NOTEBOOK_PASSWORD"


def __getattr__(name: str) -> Any:
    """`spark`, made when a notebook imports it. Raises AeroError where the platform's password can't be read."""
    if name != "spark":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if person := os.environ.get(NAME):
        return Asking(connections.Login(person, os.environ.get(PASSWORD, "")))
    spark = session()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


@dataclass(frozen=True)
class Question:
    """A statement, asked anew whenever its rows are wanted."""

    login: connections.Login
    statement: str

    def toPandas(self) -> "pandas.DataFrame":
        """Its rows, as a session's `toPandas` gives them. Raises AeroError in the server's words where it refuses."""
        import pandas
        from pyhive.exc import DatabaseError

        with connections.spark(self.login) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(self.statement)
            except DatabaseError as error:
                raise AeroError(connections.refusal(error), f"The statement was:\n{self.statement}") from None
            kinds = {column[0].split(".")[-1]: column[1] for column in cursor.description}
            rows = pandas.DataFrame(cursor.fetchall(), columns=list(kinds))
        for name in (name for name, kind in kinds.items() if kind == "DATE_TYPE"):  # PyHive leaves them texts.
            rows[name] = [date.fromisoformat(text) if text else None for text in rows[name]]
        return rows

    def show(self) -> None:
        """Print its rows."""
        print(self.toPandas().to_string(index=False))


@dataclass(frozen=True)
class Asking:
    """What can be asked with a person's rights: a session of Spark's own reads files, which belong to the platform."""

    login: connections.Login

    def sql(self, statement: str) -> Question:
        """A question, asked of the Spark Thrift Server when its rows are wanted."""
        return Question(self.login, statement)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"spark.{name} is not for {self.login.name}, who asks by spark.sql(…).toPandas() or .show():"
            " a session of Spark is the platform's own, so start aero notebook without --as."
        )
