"""The raw layer on a real HDFS: what readers may see, and what they may not."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace

import pytest
import tenacity

from aero import datasets, raw_versions
from aero.datasets import FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.raw_versions import Manifest
from luigi_tasks.landing import raw
from tests.luigi_tasks.landing.test_raw import BEFORE

pytestmark = pytest.mark.cluster

# A landing in a process of its own, of a file that never ends.
LAND = """
import json, sys
from pathlib import Path
from aero import connections, datasets
from aero.raw_versions import Manifest
from luigi_tasks.landing import raw
datasets.ROOT, manifest, pipe = sys.argv[1:]
raw.store_version(connections.webhdfs(), Manifest(**json.loads(manifest)), {"january.csv": Path(pipe)})
"""


def _manifest(second: int = 0) -> Manifest:
    month = FLIGHTS_REPORTING.partition_path(2013, 1)
    version = f"{month}/landed=20261122T1225{second:02d}Z-1a2b3c4d"
    return replace(BEFORE, file="january.csv", original="january.csv", version=version)


def _file(tmp_path, content: bytes = b"january"):
    path = tmp_path / "january.csv"
    path.write_bytes(content)
    return {"january.csv": path}


def _temporary(client) -> list[str]:
    return client.list(f"{datasets.ROOT}/raw/_landing")


def test_a_version_is_there_whole_and_its_temporary_name_is_gone(lake, tmp_path):
    raw.store_version(lake, _manifest(), _file(tmp_path))
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) == _manifest()
    assert lake.status(_manifest().path)["length"] == len(b"january")
    assert _temporary(lake) == []


def test_the_last_version_by_name_is_the_current_one(lake, tmp_path):
    for second in (1, 2, 0):
        raw.store_version(lake, _manifest(second), _file(tmp_path))
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) == _manifest(2)


def test_a_version_is_never_overwritten(lake, tmp_path):
    raw.store_version(lake, _manifest(), _file(tmp_path))
    with pytest.raises(AeroError, match="is already there"):
        raw.store_version(lake, _manifest(), _file(tmp_path, b"other"))
    assert lake.status(_manifest().path)["length"] == len(b"january")


def test_a_landing_that_fails_leaves_nothing(lake, tmp_path):
    with pytest.raises(FileNotFoundError):
        raw.store_version(lake, _manifest(), _file(tmp_path) | {"_january.zip": tmp_path / "gone.zip"})
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) is None
    assert _temporary(lake) == []


def test_a_file_that_arrives_in_another_length_is_refused(lake, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"january",))
    writer.start()
    with pytest.raises(AeroError, match="january.csv: 7 of 0 bytes arrived"):
        raw.store_version(lake, _manifest(), {"january.csv": pipe})
    writer.join()
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) is None


def test_a_landing_killed_in_the_middle_of_its_upload_is_never_seen_and_swept_later(lake, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    manifest = json.dumps(asdict(_manifest()))
    landing = subprocess.Popen([sys.executable, "-c", LAND, datasets.ROOT, manifest, str(pipe)])
    try:
        with pipe.open("wb") as endless:
            endless.write(bytes(1 << 20))
            endless.flush()
            half = _until_there(lake)
            landing.send_signal(signal.SIGKILL)
            landing.wait()
    finally:
        landing.kill()
        landing.wait()
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) is None
    raw.sweep(lake)
    assert _temporary(lake) == [half]  # it could still be written to, for all that others know
    raw.store_version(lake, _manifest(), _file(tmp_path))
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) == _manifest()
    two_days_ago = int((time.time() - 2 * 24 * 3600) * 1000)
    lake.set_times(f"{datasets.ROOT}/raw/_landing/{half}", modification_time=two_days_ago)
    raw.sweep(lake)
    assert _temporary(lake) == []


@tenacity.retry(stop=tenacity.stop_after_delay(60), wait=tenacity.wait_fixed(0.05), reraise=True)
def _until_there(client) -> str:
    """The temporary folder, once the half file is in it."""
    [name] = _temporary(client)
    assert client.list(f"{datasets.ROOT}/raw/_landing/{name}") == ["january.csv"]
    return name


def test_a_description_is_replaced_in_place(lake, tmp_path):
    raw.store_version(lake, _manifest(), _file(tmp_path))
    again = replace(_manifest(), last_modified="Fri, 15 Jan 2027 08:00:00 GMT")
    raw.describe_again(lake, again)
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1) == again
    assert sorted(lake.list(again.version)) == ["_manifest.json", "january.csv"]


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"months": [1]}', None])
def test_a_version_without_a_readable_manifest_is_named(lake, tmp_path, damage):
    raw.store_version(lake, _manifest(), _file(tmp_path))
    path = f"{_manifest().version}/_manifest.json"
    lake.delete(path)
    if damage is not None:
        lake.write(path, data=damage)
    with pytest.raises(AeroError, match=f"hdfs:{path}: no manifest that can be read"):
        raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1)
