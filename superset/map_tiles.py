"""The background of the maps, drawn here: borders that Superset ships for its country maps, as SVG tiles.

A map asks no other server, so it works without the network and tells nobody what is looked at.
"""

import json
import math
import re
from functools import cache, lru_cache
from pathlib import Path

import superset
from flask import Blueprint, Response, abort

# The files' names say nothing; the states' codes in them do.
COUNTRIES = re.compile(r'"ISO": *"(US|CA|MX|CU)-')
SIZE = 256
SEA, LAND, BORDER = "#e9eef2", "#fbfcfd", "#c5d0da"
# Points of a border closer than this many pixels are drawn as one.
DETAIL_PIXELS = 0.6
# Nearer than this the borders show nothing more.
MOST_ZOOM = 12
# A few screens full of them, up to a megabyte each at the lowest zoom.
TILES_KEPT = 256
_DAY = 86_400

tiles = Blueprint("map_tiles", __name__)


@tiles.get("/aero/tiles/<int:zoom>/<int:column>/<int:row>.svg")
def tile(zoom: int, column: int, row: int) -> Response:
    """One tile of the usual web map: 256 pixels wide, 2^zoom of them around the world. 404 where there is none."""
    if zoom > MOST_ZOOM or not (column < 2**zoom and row < 2**zoom):
        abort(404)
    answer = Response(_drawn(zoom, column, row), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return answer


@cache
def _rings() -> list[tuple[tuple[float, float, float, float], list[tuple[float, float]]]]:
    """Every border with the box it lies in, in web Mercator from 0 to 1."""
    files = map(Path.read_text, Path(superset.__file__).parent.glob("static/assets/*.geojson"))
    features = [feature for text in files if COUNTRIES.search(text) for feature in json.loads(text)["features"]]
    rings = []
    for ring in (ring for feature in features for ring in _rings_of(feature["geometry"])):
        points = [_mercator(*point[:2]) for point in ring]
        xs, ys = zip(*points)
        rings.append(((min(xs), min(ys), max(xs), max(ys)), points))
    return rings


def _rings_of(geometry: dict) -> list:
    if geometry["type"] == "Polygon":
        return geometry["coordinates"]
    return [ring for polygon in geometry["coordinates"] for ring in polygon]


def _mercator(longitude: float, latitude: float) -> tuple[float, float]:
    sine = math.sin(math.radians(max(-85.0, min(85.0, latitude))))
    return (longitude + 180) / 360, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


@lru_cache(maxsize=TILES_KEPT)
def _drawn(zoom: int, column: int, row: int) -> str:
    scale = SIZE * 2**zoom
    left, top = column * SIZE, row * SIZE
    paths = []
    for (west, north, east, south), points in _rings():
        outside = east * scale < left or west * scale > left + SIZE or south * scale < top or north * scale > top + SIZE
        if not outside:
            paths.append(_path([(x * scale - left, y * scale - top) for x, y in points]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="{SEA}"/>'
        f'<path d="{"".join(paths)}" fill="{LAND}" stroke="{BORDER}" stroke-width="1"/></svg>'
    )


def _path(points: list[tuple[float, float]]) -> str:
    kept = [points[0]]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > DETAIL_PIXELS:
            kept.append((x, y))
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in kept) + "Z" if len(kept) > 2 else ""
