"""A small disk of its own for the folder of a service, which can be filled and emptied: an image that is mounted.

Only root may mount it. The image is sparse: a full one takes no more of the machine's disk than what is written there.
"""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

# Of each service the folder in the data root.
FOLDERS = {
    "namenode": "hdfs/name",
    "datanode": "hdfs/data",
    "nodemanager": "yarn/local",
    "hbase": "zookeeper",
    "kafka": "kafka",
}
# HDFS keeps 256 MB free for each file of ORC that is being written, however small it will be.
SIZE = "16G"
BALLAST = "ballast"


def mount(home: Path) -> bool:
    """Give each of the folders its disk. Returns whether that may be done here."""
    if os.geteuid() != 0:
        return False
    for name, folder in FOLDERS.items():
        image, place = home / "disks" / name, home / folder
        image.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(parents=True)
        for command in (
            ("truncate", "-s", SIZE, image),
            ("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", image),
            ("mount", "-o", "loop", image, place),
        ):
            if subprocess.run(command, capture_output=True).returncode:
                return False
        (place / "lost+found").rmdir()  # Kafka takes each folder for a topic's.
    return True


def unmount(home: Path) -> None:
    """Take the disks away; those of a run that was killed too."""
    for folder in FOLDERS.values():
        if os.path.ismount(home / folder):
            subprocess.run(["umount", "--lazy", home / folder], check=True)


def fill(home: Path, name: str, seconds: float) -> bool:
    """Leave no room on the disk of a service for so long. Returns whether it has one."""
    place = home / FOLDERS[name]
    if not os.path.ismount(place):
        return False
    ballast = place / BALLAST
    try:
        with ballast.open("wb") as file, suppress(OSError):  # There is no room for the last of it.
            left = os.statvfs(place)
            os.posix_fallocate(file.fileno(), 0, left.f_bavail * left.f_frsize)
        time.sleep(seconds)
    finally:
        ballast.unlink()
    return True
