"""Formats Kafka's log folder once, with a cluster id."""

import base64
import os
import subprocess
import uuid

from aero.errors import AeroError
from aero.settings import Settings


def format_once(settings: Settings, variables: dict[str, str], broker: list[str]) -> None:
    """Format an empty log folder. Raises AeroError as `is_new` does.
    `broker` is the command that starts the broker: Java and its flags, the main class, the properties file.
    """
    if not is_new(settings):
        return
    (settings.home / "kafka").mkdir(parents=True, exist_ok=True)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    *java, _, properties = broker
    # In one word with its option: one id in 64 begins with a dash and would be read as an option.
    command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--config", properties]
    result = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"Kafka's log folder could not be formatted:\n{(result.stdout + result.stderr)[-2000:]}")


def is_new(settings: Settings) -> bool:
    """Whether there are no logs yet. Raises AeroError where the folder has logs but no id: it is not overwritten."""
    folder = settings.home / "kafka"
    if (folder / "meta.properties").is_file():
        return False
    if folder.is_dir() and any(folder.iterdir()):
        raise AeroError(
            f"Kafka's folder {folder} has files but no meta.properties.",
            "Put the file back from a copy, or move the folder away to start with empty topics: aero recover kafka",
        )
    return True
