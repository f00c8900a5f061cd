"""A JSON file in HDFS as a Luigi target.

Luigi's own HDFS targets start `hadoop` or `snakebite` commands, or take a WebHDFS port from a configuration of theirs.
"""

from typing import Any

import luigi

from aero import connections, webhdfs


class HdfsFile(luigi.Target):
    """The file at `path`; it exists from the moment it is whole."""

    def __init__(self, path: str) -> None:
        self.path = path

    def exists(self) -> bool:
        return webhdfs.exists(connections.webhdfs(), self.path)

    def read(self) -> Any:
        """The parsed JSON. Raises hdfs.HdfsError where the file is not there."""
        return webhdfs.read_json(connections.webhdfs(), self.path)

    def write(self, content: Any) -> None:
        """Write `content` as JSON, whole. Raises hdfs.HdfsError if the file is there."""
        webhdfs.create(connections.webhdfs(), self.path, webhdfs.to_json(content))
