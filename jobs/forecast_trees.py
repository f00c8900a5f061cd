"""Gradient-boosted trees of pyspark.ml as plain numbers, and what they say of flights."""

from typing import Any

import numpy as np
from py4j.java_gateway import JavaObject
from pyspark.ml.classification import GBTClassificationModel

LEAF = -1


def read_out(model: GBTClassificationModel) -> dict[str, Any]:
    """The weight of each tree, and its nodes: which column is compared with which threshold (LEAF: with none), the
    node to go to where it is not above and where it is, and what the tree says there. The root is node 0.
    """
    trees = []
    for tree in model._call_java("trees"):
        nodes: list[list[float]] = []
        _add(tree.rootNode(), nodes)
        trees.append([list(column) for column in zip(*nodes, strict=True)])
    return {"weights": list(model.treeWeights), "trees": trees}


def _add(node: JavaObject, nodes: list[list[float]]) -> int:
    """Adds a node and those below it. Returns its place."""
    place = len(nodes)
    nodes.append([LEAF, 0.0, LEAF, LEAF, node.prediction()])
    if node.numDescendants():
        split = node.split()
        left, right = _add(node.leftChild(), nodes), _add(node.rightChild(), nodes)
        nodes[place] = [split.featureIndex(), split.threshold(), left, right, node.prediction()]
    return place


def probability(parameters: dict[str, Any], inputs: np.ndarray) -> np.ndarray:
    """Of each row, as the model of Spark says it; NaN where an input is not known."""
    margin = np.zeros(len(inputs))
    for weight, tree in zip(parameters["weights"], parameters["trees"], strict=True):
        margin += weight * _said(tree, inputs)
    return np.where(np.isnan(inputs).any(axis=1), np.nan, 1 / (1 + np.exp(-2 * margin)))


def _said(tree: list[list[float]], inputs: np.ndarray) -> np.ndarray:
    column, threshold, left, right, said = map(np.array, tree)
    place, every = np.zeros(len(inputs), np.int64), np.arange(len(inputs))
    while (is_inside := column[place] != LEAF).any():
        is_left = inputs[every, column[place].astype(np.int64)] <= threshold[place]
        place = np.where(is_inside, np.where(is_left, left[place], right[place]), place).astype(np.int64)
    return said[place]
