"""The trained model for tables: inputs, forests, the weights of their mean, and the temperature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.table_parts.inputs import Input, matrix
from tongguan.train.recipes.table_parts.trees import Forest, from_json, to_json

Floats = NDArray[np.float64]
FILE = "trees.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Mixture:
    """Forests whose probabilities are averaged by `weights`; `temperature` divides the logarithms of the mean.

    labels: the classes, in the order of the outputs.
    """

    inputs: tuple[Input, ...]
    labels: tuple[str, ...]
    forests: tuple[Forest, ...]
    weights: tuple[float, ...]
    temperature: float = 1.0

    def rows(self, cells: Sequence[Mapping[str, Any]]) -> Floats:
        """(n, inputs) of rows' cells."""
        return matrix(cells, self.inputs)

    def probabilities(self, rows: Floats) -> Floats:
        """(n, inputs) -> (n, classes), each row adding up to 1."""
        middle = np.array([one.middle for one in self.inputs])
        filled = np.where(np.isnan(rows), middle[None, :], rows)
        total = np.zeros((len(rows), len(self.labels)))
        for forest, weight in zip(self.forests, self.weights, strict=True):
            total += weight * forest.probabilities(filled if forest.single else rows)
        return tempered(total, self.temperature)


def tempered(shares: Floats, temperature: float) -> Floats:
    """Probabilities to the power 1 / temperature, adding up to 1 again (Guo et al. 2017 on logits)."""
    logs = np.log(np.maximum(shares, 1e-12)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    out: Floats = powers / powers.sum(axis=1, keepdims=True)
    return out


def dump(mixture: Mixture) -> dict[str, Any]:
    """As JSON: what `load` reads."""
    return {
        "inputs": [one.model_dump(exclude_none=True) for one in mixture.inputs],
        "labels": list(mixture.labels),
        "forests": [to_json(forest) for forest in mixture.forests],
        "weights": list(mixture.weights),
        "temperature": mixture.temperature,
    }


def load(raw: Mapping[str, Any]) -> Mixture:
    """Raises ValueError, KeyError or TypeError where it does not fit together."""
    mixture = Mixture(
        inputs=tuple(Input.model_validate(one) for one in raw["inputs"]),
        labels=tuple(str(one) for one in raw["labels"]),
        forests=tuple(from_json(one) for one in raw["forests"]),
        weights=tuple(float(one) for one in raw["weights"]),
        temperature=float(raw["temperature"]),
    )
    classes, columns = len(mixture.labels), len(mixture.inputs)
    for forest in mixture.forests:
        width = classes if forest.kind == "mean" or classes > 2 else 1
        if forest.outputs != width or forest.column.max(initial=-1) >= columns:
            raise ValueError("a forest does not fit the inputs and labels")
    if len(mixture.weights) != len(mixture.forests) or not mixture.temperature > 0:
        raise ValueError("weights and temperature do not fit")
    return mixture


def write_bytes(content: Mapping[str, Any]) -> bytes:
    """The bytes of the model's file."""
    return json.dumps({"version": VERSION, **content}, ensure_ascii=False, sort_keys=True).encode()


def read_parts(model: Path, card: Card, name: str = FILE) -> dict[str, Any]:
    """The object in the model's file, which must be the one that the card describes. Raises ModelRefused."""
    content = read_model(model, card, name)
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise ModelRefused("model_broken", f"{name} is no JSON") from error
    if not isinstance(raw, dict) or raw.get("version") != VERSION:
        raise ModelRefused("model_broken", f"{name}: version {VERSION} is wanted")
    return raw


def load_mixture(raw: Any, card: Card) -> Mixture:
    """Raises ModelRefused for a model that is broken or does not have the labels of its card."""
    try:
        mixture = load(raw)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise ModelRefused("model_broken", f"the trees cannot be read: {str(error)[:300]}") from error
    if not set(mixture.labels) <= set(card.labels):
        raise ModelRefused("model_shape", "the model has other labels than its card")
    return mixture
