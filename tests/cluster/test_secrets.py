"""No other user reads a secret: not in a list of processes, a log, a page or a file."""

import stat
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from aero import people
from aero.settings import load_settings
from tests.command import AERO

pytestmark = [pytest.mark.cluster, pytest.mark.long]

PAGES = (
    "NAMENODE_HTTP",
    "DATANODE_HTTP",
    "SECONDARY_NAMENODE_HTTP",
    "RESOURCEMANAGER_HTTP",
    "NODEMANAGER_HTTP",
    "HBASE_MASTER_HTTP",
    "HBASE_REGIONSERVER_HTTP",
    "HBASE_THRIFT_HTTP",
    "LUIGID",
    "SUPERSET",
)
# YARN opens its folders for containers of other users, Spark what happened for its group, libraries what they unpack, a
# notebook's kernel that a test starts what it keeps; AERO_HOME around them is closed.
OPENED_BY_OTHERS = ("yarn", "logs/yarn", "logs/spark", "tmp", "notebook")


PATHS = ("conf", "jmx", "logs/", "stacks", "env", "")


@pytest.fixture(scope="module")
def secrets(cluster) -> dict[bytes, str]:
    """Where each secret is kept: every password and key, and in the place of people's passwords their hashes."""
    settings = load_settings()
    no_secret = (
        people.file(settings),
        settings.secrets / "walls.json",
    )  # A wall's has the digests of keys, and may have none.
    in_files = [file for file in settings.secrets.rglob("*") if file.is_file() and file not in no_secret]
    in_files += [*settings.home.glob("superset/*_password"), settings.home / "superset" / "secret_key"]
    found = {file.read_bytes().strip(): str(file) for file in in_files}
    for line in people.file(settings).read_bytes().splitlines():
        found[line.rpartition(b"$")[2]] = line.partition(b":")[0].decode()
    del found[b""]  # Locks.
    assert len(found) >= 7 and min(map(len, found)) >= 12
    return found


def _leaks(secrets: dict[bytes, str], texts: Iterable[tuple[str, bytes]]) -> list[str]:
    """Of texts, each with its name, those that hold a secret, and which."""
    return [f"{name}: {where}" for name, text in texts for secret, where in secrets.items() if secret in text]


def _ours() -> list[psutil.Process]:
    """The processes of this cluster, YARN's containers among them."""
    home, ours = str(load_settings().home), []
    for process in psutil.process_iter():
        try:
            variables = process.environ()
            if variables.get("AERO_HOME") == home and "AERO_VARIABLES" in variables:  # Not who runs the tests.
                ours.append(process)
        except psutil.Error:  # Ended, or another user's.
            continue
    return ours


def _said_of_itself(process: psutil.Process) -> Iterator[tuple[str, bytes]]:
    for what in ("cmdline", "environ"):
        with suppress(OSError):
            yield f"{what} of {process.pid}", Path(f"/proc/{process.pid}/{what}").read_bytes()


def test_no_process_has_a_secret_among_its_words_or_variables(secrets):
    """Those of the whole machine; also while a question and beeline run."""
    jobs = [
        subprocess.Popen([AERO, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in (["sql", "-e", "select 1"], ["beeline", "-e", "show databases"])
    ]
    leaks: set[str] = set()
    while any(job.poll() is None for job in jobs):
        for process in psutil.process_iter():
            leaks |= {*_leaks(secrets, _said_of_itself(process))}
    assert not leaks and len(_ours()) > 10
    assert [job.returncode for job in jobs] == [0, 0]


def test_no_log_holds_a_secret(secrets):
    home = load_settings().home
    logs = [file for folder in ("logs", "run", "hive", "kafka") for file in (home / folder).rglob("*")]
    texts = [(str(file), file.read_bytes()) for file in logs if file.is_file()]
    assert len(texts) > 10 and not _leaks(secrets, texts)


def test_no_page_shows_a_secret(secrets):
    settings = load_settings()
    auth, texts = ("aero", people.password_of(settings, "aero")), []
    for name in PAGES:
        for path in PATHS:
            with suppress(requests.RequestException):
                # All are of this machine; some hosts, such as a DataNode's, are in no setting.
                answer = requests.get(f"http://localhost:{settings.port(name)}/{path}", auth=auth, timeout=30)
                texts.append((f"{answer.status_code} {answer.url}", answer.content))
    read = [name for name, _ in texts if name.startswith("200")]
    assert len([name for name in read if name.endswith(("/conf", "/jmx"))]) >= 8, read
    assert not _leaks(secrets, texts)


def test_no_file_is_open_to_another_user():
    home = load_settings().home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    opened = [home / folder for folder in OPENED_BY_OTHERS]
    ours = [path for path in home.rglob("*") if not any(path.is_relative_to(folder) for folder in opened)]
    found = [str(path) for path in ours if not path.is_symlink() and _is_open(path)]
    assert len(ours) > 100 and not found


def _is_open(path: Path) -> bool:
    """Whether another user may read it; a file that has gone is not open."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISSOCK(mode) and bool(mode & 0o077)


def test_nothing_of_the_services_lies_in_tmp():
    home = str(load_settings().home)
    for process in _ours():
        with suppress(psutil.Error):
            opened = [file.path for file in process.open_files()]
            opened = [path for path in opened if path.startswith("/tmp/") and not path.startswith(home)]
            assert not opened, process.cmdline()
            assert not [*Path("/tmp").glob(f"hsperfdata_*/{process.pid}")], process.cmdline()
