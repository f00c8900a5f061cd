"""Makes the metastore's tables in PostgreSQL, all of them before it starts.

Hive's SQL scripts for them are in no jar. Left alone, the metastore makes a table when it first needs it: in the middle
of a transaction, over a second connection, and PostgreSQL has the one wait for the other without end. So DataNucleus'
own tool makes them once, from the same mapping, while nobody else is connected.
"""

import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from aero.errors import AeroError

_TOOL = "org.datanucleus.store.schema.SchemaTool"
_MAPPING = "package.jdo"
# The metastore's own settings of DataNucleus (its MetastoreConf), so that it finds the names and types that it expects.
_AS_THE_METASTORE = {
    "datanucleus.identifierFactory": "datanucleus1",
    "datanucleus.plugin.pluginRegistryBundleCheck": "LOG",
    "datanucleus.rdbms.initializeColumnInfo": "NONE",
    "datanucleus.rdbms.useLegacyNativeValueStrategy": "true",
    "datanucleus.schema.autoCreateAll": "true",
    "datanucleus.storeManagerType": "rdbms",
    "datanucleus.transactionIsolation": "read-committed",
}


def make(variables: dict[str, str], metastore: list[str]) -> None:
    """Make all tables in the database of METASTORE_DB_URL. `metastore` is the command that starts the metastore.

    Safe to repeat. Raises AeroError with the tool's output.
    """
    java = metastore[: metastore.index("-cp") + 2]
    with tempfile.TemporaryDirectory(prefix="metastore-schema-") as folder:
        properties = Path(folder, "connection.properties")
        properties.write_text("".join(f"{name}={value}\n" for name, value in _properties(variables).items()))
        with zipfile.ZipFile(next(Path(variables["HIVE_LIB"]).glob("hive-standalone-metastore-server-*.jar"))) as jar:
            jar.extract(_MAPPING, folder)
        tool = [*java, _TOOL, "-create", "-api", "JDO", "-props", str(properties), _MAPPING]
        result = subprocess.run(tool, env=os.environ | variables, cwd=folder, capture_output=True, text=True)
    if result.returncode or "completed successfully" not in result.stdout:
        raise AeroError(f"The metastore's tables could not be made:\n{(result.stdout + result.stderr)[-2000:]}")


def _properties(variables: dict[str, str]) -> dict[str, str]:
    """The connection, as in hive/conf/hive-site.xml, and the settings of DataNucleus."""
    connection = {
        "URL": variables["METASTORE_DB_URL"],
        "DriverName": os.environ["METASTORE_DB_DRIVER"],
        "UserName": os.environ.get("METASTORE_DB_USER", "aero"),
        "Password": os.environ.get("METASTORE_DB_PASSWORD", "aero"),
    }
    return {f"javax.jdo.option.Connection{name}": value for name, value in connection.items()} | _AS_THE_METASTORE
