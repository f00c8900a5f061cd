"""Resolve the jars of every bundle, and put them into a folder for each image layer: `fetch_jars.py FOLDER`."""

import sys
from pathlib import Path
from types import SimpleNamespace

from rich.console import Console

from aero.cluster import jars

settings = SimpleNamespace(cache=Path(sys.argv[1]) / "cache")
jars.resolve(settings, Console())
for bundle in jars.BUNDLES:
    # Every Java server has a door, and HBase's handler belongs to Hive.
    layer = Path(sys.argv[1]) / ("doors" if bundle == "hive/doors" else bundle.split("/")[0])
    layer.mkdir(parents=True, exist_ok=True)
    folder = jars.folder(settings, bundle)
    folder.rename(layer / folder.name)
