"""Boosted trees by LightGBM and extremely random trees by scikit-learn, turned into plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.table_parts.params import TreeParams
from tongguan.train.recipes.table_parts.trees import Forest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEFT_BLANK: dict[str, Callable[[dict[str, Any]], bool]] = {
    "None": lambda node: bool(node["threshold"] >= 0.0),
    "NaN": lambda node: bool(node["default_left"]),
}
"""Where LightGBM sends a missing number; without missing ones in training it counts as 0."""
MOST_FEATURES = 0.5
CHECKED = 200
MOST_DIFFERENCE = 1e-9


def boosted(rows: Floats, truth: Ints, classes: int, params: TreeParams, seed: int, threads: int) -> Forest:
    """Gradient boosting (Ke et al. 2017). Raises RecipeError where the arrays answer differently than the library."""
    given = {
        "objective": "binary" if classes == 2 else "multiclass",
        **({} if classes == 2 else {"num_class": classes}),
        "learning_rate": params.learning_rate,
        "num_leaves": params.leaves,
        "min_data_in_leaf": params.least_rows,
        "feature_fraction": params.columns,
        "bagging_fraction": params.rows,
        "bagging_freq": 1,
        "lambda_l2": params.shrink,
        "extra_trees": params.any_cut,
        "max_bin": params.bins,
        "seed": seed,
        "num_threads": threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    library: Any = lightgbm
    booster = library.train(given, library.Dataset(rows, truth), num_boost_round=params.steps or 1)
    forest = _from_lightgbm(booster.dump_model(), 1 if classes == 2 else classes)
    some = rows[:CHECKED]
    own = np.asarray(booster.predict(some, raw_score=True), dtype=float).reshape(len(some), -1)
    _compare(forest.raw(some), own)
    return forest


def random_trees(rows: Floats, truth: Ints, classes: int, params: TreeParams, seed: int, threads: int) -> Forest:
    """Extremely randomised trees (Geurts et al. 2006); `rows` without missing numbers."""
    model = ExtraTreesClassifier(
        params.forest,
        max_features=MOST_FEATURES,
        min_samples_leaf=max(1, params.least_rows // 5),
        random_state=seed,
        n_jobs=threads,
    ).fit(rows, truth)
    forest = _from_sklearn(model, classes)
    some = rows[:CHECKED]
    own = np.zeros((len(some), classes))
    own[:, model.classes_] = model.predict_proba(some)
    _compare(forest.raw(some), own)
    return forest


def _compare(mine: Floats, theirs: Floats) -> None:
    difference = float(np.abs(mine - theirs).max(initial=0.0))
    if difference > MOST_DIFFERENCE * max(1.0, float(np.abs(theirs).max(initial=0.0))):
        raise RecipeError("export_differs", f"the exported trees differ from the grown ones by {difference:.2e}")


def _from_lightgbm(dump: dict[str, Any], outputs: int) -> Forest:
    nodes = _Nodes(1)
    for at, tree in enumerate(dump["tree_info"]):
        nodes.tree(at % outputs)
        _add(nodes, tree["tree_structure"])
    return nodes.forest("boosted", outputs, single=False)


def _add(nodes: _Nodes, top: dict[str, Any]) -> None:
    """Depth first without recursion: a tree may be deeper than Python's stack."""
    waiting: list[tuple[dict[str, Any], int, str]] = [(top, -1, "")]
    while waiting:
        node, parent, side = waiting.pop()
        if "leaf_value" in node:
            at = nodes.leaf([float(node["leaf_value"])])
        else:
            if node["decision_type"] != "<=" or node["missing_type"] not in LEFT_BLANK:
                raise RecipeError("export_differs", f"a cut of kind {node['decision_type']} cannot be exported")
            blank = LEFT_BLANK[node["missing_type"]](node)
            at = nodes.cut_at(int(node["split_feature"]), float(node["threshold"]), blank)
            waiting += [(node["right_child"], at, "right"), (node["left_child"], at, "left")]
        if parent >= 0:
            nodes.hang(parent, side, at)


def _from_sklearn(model: Any, classes: int) -> Forest:
    nodes = _Nodes(classes)
    for estimator in model.estimators_:
        tree = estimator.tree_
        nodes.tree(0)
        shift = len(nodes.column)
        for at in range(tree.node_count):
            if tree.children_left[at] < 0:
                share = np.zeros(classes)
                share[model.classes_] = tree.value[at, 0] / tree.value[at, 0].sum()
                nodes.leaf(share.tolist())
            else:
                nodes.cut_at(int(tree.feature[at]), float(tree.threshold[at]), True)
                nodes.hang(shift + at, "left", shift + int(tree.children_left[at]))
                nodes.hang(shift + at, "right", shift + int(tree.children_right[at]))
    return nodes.forest("mean", classes, single=True)


class _Nodes:
    """Nodes one behind the other while trees are read."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.roots: list[int] = []
        self.output: list[int] = []
        self.column: list[int] = []
        self.cut: list[float] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.blank: list[bool] = []
        self.values: list[list[float]] = []

    def tree(self, output: int) -> None:
        """The next node is the root of a tree."""
        self.roots.append(len(self.column))
        self.output.append(output)

    def leaf(self, values: list[float]) -> int:
        """A leaf; returns its number."""
        return self._node(-1, 0.0, False, values)

    def cut_at(self, column: int, cut: float, blank_left: bool) -> int:
        """An inner node; its children are hung later."""
        return self._node(column, cut, blank_left, [0.0] * self._width)

    def hang(self, parent: int, side: str, child: int) -> None:
        """Makes `child` the left or right child."""
        (self.left if side == "left" else self.right)[parent] = child

    def _node(self, column: int, cut: float, blank: bool, values: list[float]) -> int:
        self.column.append(column)
        self.cut.append(cut)
        self.left.append(-1)
        self.right.append(-1)
        self.blank.append(blank)
        self.values.append(values)
        return len(self.column) - 1

    def forest(self, kind: Any, outputs: int, *, single: bool) -> Forest:
        """All of it as arrays."""
        return Forest(
            kind=kind,
            outputs=outputs,
            roots=np.array(self.roots, dtype=np.int32),
            output=np.array(self.output, dtype=np.int32),
            column=np.array(self.column, dtype=np.int32),
            cut=np.array(self.cut, dtype=float),
            left=np.array(self.left, dtype=np.int32),
            right=np.array(self.right, dtype=np.int32),
            blank_left=np.array(self.blank, dtype=bool),
            values=np.array(self.values, dtype=float).reshape(len(self.column), self._width),
            single=single,
        )
