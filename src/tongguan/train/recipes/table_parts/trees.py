"""Trees as arrays, grown elsewhere and used with NumPy alone.

All trees of a forest lie one behind the other. A node sends a row left where its input is at most `cut` (a missing one
where `blank_left` says so), right otherwise; a leaf has the input -1 and gives its row of `values`.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
MOST_CELLS = 2_000_000
"""Rows times trees that are walked at once."""


class Forest(BaseModel):
    """kind boosted: the values of all trees add up to a score for each output (`start` first), and softmax or the
    logistic function makes probabilities of them. kind mean: the values are probabilities, and their mean is given.

    roots: the first node of each tree. output: for boosted trees the output that a tree adds to. single: inputs are
    compared as 32-bit floats, as the trees were grown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: Literal["boosted", "mean"]
    outputs: int = Field(ge=1, le=10_000)
    roots: Ints
    output: Ints
    column: Ints
    cut: Floats
    left: Ints
    right: Ints
    blank_left: NDArray[np.bool_]
    values: Floats
    single: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Forest:
        nodes = len(self.column)
        same = {len(self.cut), len(self.left), len(self.right), len(self.blank_left), len(self.values)}
        if same != {nodes} or len(self.output) != len(self.roots) or self.values.ndim != 2:
            raise ValueError("the arrays of a forest must fit together")
        inner = self.column >= 0
        at = np.arange(nodes)[inner]
        # Children lie behind their parent: every walk ends.
        if (
            (self.left[inner] <= at).any()
            or (self.right[inner] <= at).any()
            or max(self.left.max(initial=0), self.right.max(initial=0)) >= max(nodes, 1)
        ):
            raise ValueError("a node must lie before its children")
        if len(self.roots) and (self.roots.min() < 0 or self.roots.max() >= nodes):
            raise ValueError("a tree begins at a node that is not there")
        return self

    def raw(self, rows: Floats) -> Floats:
        """(n, inputs) -> (n, outputs): sums of boosted trees, means of the others."""
        out = np.zeros((len(rows), self.outputs))
        step = max(1, MOST_CELLS // max(1, len(self.roots)))
        for start in range(0, len(rows), step):
            out[start : start + step] = self._some(rows[start : start + step])
        return out

    def _some(self, rows: Floats) -> Floats:
        given = rows.astype(np.float32).astype(float) if self.single else rows
        node = np.repeat(self.roots[None, :], len(rows), axis=0).astype(np.int64)
        row = np.arange(len(rows))[:, None]
        while True:
            column = self.column[node]
            inner = column >= 0
            if not inner.any():
                break
            value = given[row, np.where(inner, column, 0)]
            blank = np.isnan(value)
            left = np.where(blank, self.blank_left[node], value <= self.cut[node])
            node = np.where(inner, np.where(left, self.left[node], self.right[node]), node)
        if self.kind == "mean":
            mean: Floats = self.values[node].mean(axis=1)
            return mean
        leaf = self.values[node, 0]
        hot = (self.output[:, None] == np.arange(self.outputs)[None, :]).astype(float)
        total: Floats = leaf @ hot
        return total

    def probabilities(self, rows: Floats) -> Floats:
        """(n, inputs) -> (n, classes), each row adding up to 1. One output of boosted trees means two classes."""
        raw = self.raw(rows)
        if self.kind == "mean":
            return raw
        if self.outputs == 1:
            one = 1 / (1 + np.exp(-raw[:, 0]))
            return np.column_stack([1 - one, one])
        shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares: Floats = shifted / shifted.sum(axis=1, keepdims=True)
        return shares


_ARRAYS = {
    "roots": "int32",
    "output": "int32",
    "column": "int32",
    "cut": "float64",
    "left": "int32",
    "right": "int32",
    "blank_left": "bool",
    "values": "float64",
}


def to_json(forest: Forest) -> dict[str, Any]:
    """Arrays as base64 of little-endian numbers, with their type and shape."""
    out: dict[str, Any] = {"kind": forest.kind, "outputs": forest.outputs, "single": forest.single}
    for name, kind in _ARRAYS.items():
        array = np.ascontiguousarray(getattr(forest, name), dtype=np.dtype(kind).newbyteorder("<"))
        text = base64.b64encode(array.tobytes()).decode()
        out[name] = {"type": kind, "shape": list(array.shape), "base64": text}
    return out


def from_json(raw: dict[str, Any]) -> Forest:
    """Reads what `to_json` wrote. Raises ValueError where it does not fit together."""
    arrays = {}
    for name, kind in _ARRAYS.items():
        stored = raw[name]
        if not isinstance(stored, dict) or stored.get("type") != kind:
            raise ValueError(f"{name}: {kind} is wanted")
        content = base64.b64decode(str(stored["base64"]), validate=True)
        array = np.frombuffer(content, dtype=np.dtype(kind).newbyteorder("<")).astype(kind)
        arrays[name] = array.reshape([int(one) for one in stored["shape"]])
    return Forest(kind=raw["kind"], outputs=raw["outputs"], single=bool(raw["single"]), **arrays)
