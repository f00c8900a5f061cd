"""Kafka's folder is formatted once, and never where it holds logs."""

import re
import sys

import pytest

from aero.cluster import kafka_guard
from aero.errors import AeroError
from aero.settings import Settings

# In the place of Java: writes down what it was asked, and the file by which a formatted folder is known.
JAVA = """
import os, pathlib, sys
assert os.environ["KAFKA_HEAP"] and os.environ["PATH"]
folder = pathlib.Path(sys.argv[1])
(folder / "meta.properties").write_text(" ".join(sys.argv[2:]))
"""


@pytest.fixture
def started(tmp_path):
    """A function that prepares the broker's folder, and that folder."""
    home = tmp_path / "a new" / "root"
    folder = home / "kafka"

    def start(java=(sys.executable, "-c", JAVA, str(folder))):
        broker = [*java, "kafka.Kafka", "server.properties"]
        kafka_guard.format_once(Settings(home, home, {}), {"KAFKA_HEAP": "512"}, broker)

    start.folder = folder
    return start


def test_a_new_folder_is_formatted_once_with_an_id_of_its_own(started):
    started()
    asked = (started.folder / "meta.properties").read_text()
    assert re.fullmatch(
        r"kafka\.tools\.StorageTool format --cluster-id=[\w-]{22} --config server\.properties", asked, re.ASCII
    )
    started(java=["false"])
    assert (started.folder / "meta.properties").read_text() == asked


def test_logs_without_an_id_are_not_formatted_over(started):
    log = started.folder / "flights.live-0" / "00000000000000000000.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"events")
    with pytest.raises(AeroError, match=r"has files but no meta\.properties") as refused:
        started()
    assert "move the folder away to start with empty topics" in refused.value.fix
    assert log.read_bytes() == b"events" and not (started.folder / "meta.properties").exists()


def test_a_format_that_fails_says_why_and_is_tried_again(started):
    with pytest.raises(AeroError, match="could not be formatted:\nno space left"):
        started(java=["sh", "-c", "echo no space left; exit 1"])
    started()
    assert (started.folder / "meta.properties").is_file()
