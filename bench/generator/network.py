"""A carrier's routes in a year, as tables to draw the next destination from."""

import numpy as np

from bench.generator.arrays import Array
from bench.generator.carriers import KINDS, Carrier
from bench.generator.world import World

ISLANDS = ("HNL", "OGG", "KOA", "LIH", "ITO")
ISLAND_CARRIERS = ("HA", "AQ")
# Far from everywhere: no flight there is too long.
REMOTE, REMOTE_MILES = ("HNL", "ANC"), 5200


class Network:
    """Where a carrier flies: airports to begin a day at, and destinations from each airport."""

    def __init__(self, carrier: Carrier, world: World, year: int, seed: int):
        hubs = {world.index[code]: strength for code, strength in carrier.hubs_of(year).items() if code in world.index}
        weights = _weights(carrier, world, hubs, seed)
        total = weights.sum(axis=1)
        shares = np.cumsum(weights, axis=1) / np.maximum(total, 1e-9)[:, None]
        # One sorted array for all airports: the airport, and how far along its row of destinations.
        self._destinations = (np.arange(len(weights))[:, None] + shares).ravel()
        at_hub = np.zeros(len(weights))
        at_hub[list(hubs)] = list(hubs.values())
        begin = (0.55 * at_hub / at_hub.sum() + 0.45 * total / total.sum()) * (total > 0)
        self._begin = np.cumsum(begin) / begin.sum()

    def first(self, chance: Array) -> Array:
        """An airport to begin a day at, for each chance from 0 to 1."""
        return np.searchsorted(self._begin, chance, side="right").clip(0, len(self._begin) - 1)

    def next(self, airport: Array, chance: Array) -> Array:
        """A destination from each airport."""
        size = len(self._begin)
        place = np.searchsorted(self._destinations, airport + chance, side="right")
        return (place - airport * size).clip(0, size - 1)


def _weights(carrier: Carrier, world: World, hubs: dict[int, float], seed: int) -> Array:
    """How often each route is flown, origin by destination; the same both ways."""
    kind = KINDS[carrier.kind]
    least, middle, most = kind.miles
    noise = np.random.default_rng([seed, 1, carrier.dot_id]).normal(size=(world.places, world.places))
    noise = (noise + noise.T)[np.ix_(world.place, world.place)] / 2**0.5
    weights = np.zeros(world.miles.shape)
    for hub, strength in hubs.items():
        miles = np.maximum(world.miles[hub], 1)
        near = np.exp(-((np.log(miles / middle) / kind.spread) ** 2) / 2)
        weight = strength * world.size**0.7 * (near + 0.02) * np.exp(0.5 * noise[hub])
        weight[(miles < least) | (miles > (REMOTE_MILES if world.codes[hub] in REMOTE else most))] = 0
        weights[hub] = np.maximum(weights[hub], weight)
    if (
        carrier.code in ISLAND_CARRIERS
    ):  # Between the islands 100 miles are a flight; the mainland is far, but flown to.
        weights[:, world.longitude > -150] *= 0.05
        islands = np.isin(world.codes, ISLANDS)
        between = world.size[:, None] ** 0.7 * world.size**0.7
        weights = np.maximum(weights, np.where(islands[:, None] & islands, between, 0))
    weights = np.maximum(weights, weights.T)
    np.fill_diagonal(weights, 0)
    if np.count_nonzero(weights) > 2 * kind.routes:
        weights[weights < np.partition(weights.ravel(), -2 * kind.routes)[-2 * kind.routes]] = 0
    return weights
