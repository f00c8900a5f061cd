"""A JSON file in HDFS as a Luigi target.

Luigi's own HDFS targets start `hadoop` or `snakebite` commands, or take a WebHDFS port from a configuration of theirs.
"""

import json
import uuid

import luigi

from aero import connections


class HdfsFile(luigi.Target):
    """The file at `path`; it exists from the moment it is whole."""

    def __init__(self, path: str):
        self.path = path

    def exists(self) -> bool:
        return connections.webhdfs().status(self.path, strict=False) is not None

    def read(self):
        """The parsed JSON. Raises hdfs.HdfsError where the file is not there."""
        with connections.webhdfs().read(self.path) as file:
            return json.load(file)

    def write(self, content) -> None:
        """Write `content` as JSON under a temporary name and rename it. Raises hdfs.HdfsError if the file is there."""
        client = connections.webhdfs()
        folder, _, name = self.path.rpartition("/")
        temporary = f"{folder}/_{name}.{uuid.uuid4().hex}"
        client.write(temporary, data=json.dumps(content, indent=2).encode())
        client.rename(temporary, self.path)
