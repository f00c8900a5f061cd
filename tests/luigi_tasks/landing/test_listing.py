"""What a folder holds, also where it may not be read, as a user who is not root."""

import os
import tempfile
from pathlib import Path

import pytest

from luigi_tasks.landing import looking
from luigi_tasks.sources.folder import Folder
from tests.luigi_tasks.bts_files import csv_bytes, row

NOBODY = 65534


@pytest.fixture
def shared():
    """A folder that every user reaches, with flights; the test goes on as one who may not read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for month, part in enumerate(("open", "closed", "names_only", "part/year=2013/month=3"), 1):
            (folder / part).mkdir(parents=True)
            (folder / part / "a.csv").write_bytes(csv_bytes([row(2013, month)]))
        (folder / "alone.csv").write_bytes(csv_bytes([row(2013, 9)]))
        for one in (folder, *folder.rglob("*")):
            one.chmod(0o755)  # Whatever the umask is.
        for part, mode in {"closed": 0, "names_only": 0o744, "alone.csv": 0, "part/year=2013/month=3": 0}.items():
            (folder / part).chmod(mode & (0o644 if os.geteuid() else 0o777))
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        yield folder
        if is_root:
            os.seteuid(0)
        for part in ("closed", "names_only", "part/year=2013/month=3"):
            (folder / part).chmod(0o755)


def test_what_may_not_be_read_is_refused_and_the_rest_is_looked_at(shared):
    looks = list(looking.looks(shared, whole=True))
    found = {str(look.entry.path.relative_to(shared)): (str(look.verdict), look.message) for look in looks}
    forbidden = ("alone.csv", "closed", "names_only/a.csv", "part/year=2013/month=3")
    assert found == {"open/a.csv": ("flights", "")} | {
        name: (
            "refused",
            f"{shared}/{name}: you may not read it\n  Ask its owner, or whoever may: chmod -R a+rX FOLDER",
        )
        for name in forbidden
    }


def test_a_folder_that_may_not_be_read_is_a_fault_of_its_own(shared):
    [fault] = Folder(shared / "closed").offers([(2013, 2)]).faults
    assert fault.message.startswith(f"{shared}/closed: you may not read it")


def test_a_link_to_a_device_is_called_one(tmp_path):
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    [look] = looking.looks(tmp_path)
    assert look.message.startswith(f"{tmp_path}/zeros.csv: a pipe, a socket or a device, and no file")
