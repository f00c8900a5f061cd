"""Whoever takes red for green, or blue for green, tells the colours of a dashboard apart."""

from itertools import combinations

import pytest
import yaml

from aero.superset import assets

# What a colour is to them, in linear RGB: G. M. Machado and others, "A Physiologically-based Model for Simulation of
# Color Vision Deficiency", 2009, in its strongest form.
EYES = {
    "usual": [(1, 0, 0), (0, 1, 0), (0, 0, 1)],
    "protanopia": [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)],
    "deuteranopia": [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)],
    "tritanopia": [(1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)],
}
# Of CIELAB; 2.3 is just to be seen side by side, and these are small areas far from each other.
APART = 20
# Scales that ColorBrewer calls safe for the colour-blind.
SAFE_SCALES = {"schemeRdYlBu", "schemeRdBu", "schemePuOr", "schemeBrBG", "schemeGreens", "schemeBlues"}
CHARTS = {file.stem: yaml.safe_load(file.read_text())["params"] for file in assets.FOLDER.glob("charts/*/*.yaml")}


def _colours():
    """The colours that are seen beside each other, by dashboard or chart."""
    for file in assets.FOLDER.glob("dashboards/*.yaml"):
        yield file.stem, set(yaml.safe_load(file.read_text())["metadata"]["label_colors"].values())
    for name, params in CHARTS.items():
        if steps := params.get("color_breakpoints"):
            yield name, {f"#{step['color']['r']:02x}{step['color']['g']:02x}{step['color']['b']:02x}" for step in steps}


def _lab(colour, eyes):
    """Where the colour lies in CIELAB, as such eyes see it."""
    rgb = [_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    r, g, b = (min(1, max(0, sum(part * seen for part, seen in zip(row, rgb, strict=True)))) for row in EYES[eyes])
    x = _root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    y = _root(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
    z = _root((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _root(value):
    return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(("where", "colours"), [*_colours()], ids=lambda value: value if isinstance(value, str) else "")
def test_two_colours_of_a_dashboard_are_told_apart(where, colours, eyes):
    places = {colour: _lab(colour, eyes) for colour in colours}
    near = [
        pair
        for pair in combinations(sorted(colours), 2)
        if sum((one - other) ** 2 for one, other in zip(*map(places.get, pair), strict=True)) < APART**2
    ]
    assert near == [], where


def test_scales_of_colours_are_safe():
    scales = {name: params["linear_color_scheme"] for name, params in CHARTS.items() if "linear_color_scheme" in params}
    assert scales and set(scales.values()) <= SAFE_SCALES, scales
