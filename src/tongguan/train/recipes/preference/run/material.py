"""The pairs of a run: texts of the better and the worse answer, and what the model takes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.language_parts.grams import Grams
from tongguan.train.recipes.preference.features import Floats, Seen, seen, stacked
from tongguan.train.recipes.preference.run.encoded import Encoded
from tongguan.train.recipes.preference.run.model import RewardNet, Spread
from tongguan.train.recipes.sources.pairs import better_and_worse, compared_talk, preference_of, prompt_of

AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison. strength: how clear it was, 0 to 1."""

    label: PreferenceLabel
    prompt: str
    better: str
    worse: str

    @property
    def strength(self) -> float:
        """Of the choice."""
        return self.label.strength


def read_pairs(job: Job, items: Sequence[Item]) -> dict[str, Pair]:
    """By the item's name."""
    pairs = {}
    for item in items:
        with job.tree.open(item.path) as stream:
            talk = compared_talk(stream.read())
        label = preference_of(item.records())
        if label is None:
            raise RecipeError("data_unreadable", f"{item.name} says of no two answers which is better")
        pairs[item.name] = Pair(label, prompt_of(talk), *better_and_worse(talk, label))
    return pairs


def label_of(pairs: Sequence[Pair]) -> str:
    """What was compared. Raises RecipeError where that is several things: each wants a model of its own."""
    names = sorted({pair.label.label for pair in pairs})
    if len(names) != 1:
        raise RecipeError("no_classes", f"one thing to compare answers by is wanted, not {len(names)}: {names[:5]}")
    return names[0]


def _spread(rows: Sequence[Floats]) -> Spread:
    values = np.stack(rows).astype(np.float64)
    deviation = values.std(axis=0)
    deviation[deviation < 1e-6] = 1.0
    return torch.tensor(values.mean(axis=0), dtype=torch.float32), torch.tensor(deviation, dtype=torch.float32)


class Material:
    """What the model takes of each pair, by the item's name: better, worse."""

    def __init__(self, pairs: dict[str, Pair], grams: Grams, encoded: Encoded | None = None) -> None:
        self.pairs, self.grams, self.encoded = pairs, grams, encoded
        self.seen: dict[str, tuple[Seen, Seen]] = {
            name: (self._one(pair.prompt, pair.better), self._one(pair.prompt, pair.worse))
            for name, pair in pairs.items()
        }

    def _one(self, prompt: str, answer: str) -> Seen:
        vector = self.encoded.vectors[prompt, answer] if self.encoded else None
        return seen(self.grams, prompt, answer, vector)

    def spread(self, items: Sequence[Item]) -> tuple[Spread, Spread | None]:
        """Mean and standard deviation of the plain facts, and of what the encoder gives, of answers that are fitted."""
        answers = [one for item in items for one in self.seen[item.name]]
        encoded = [one.encoded for one in answers if one.encoded is not None]
        return _spread([one.plain for one in answers]), _spread(encoded) if encoded else None

    def margins(self, model: RewardNet, items: Sequence[Item]) -> NDArray[np.float64]:
        """(n,): reward of the better answer less that of the worse one."""
        found: list[NDArray[np.float32]] = []
        for start in range(0, len(items), AT_ONCE):
            some = [self.seen[item.name] for item in items[start : start + AT_ONCE]]
            answers = [pair[0] for pair in some] + [pair[1] for pair in some]
            with torch.no_grad():
                rewards = model(*(torch.from_numpy(one) for one in stacked(answers))).numpy()
            found.append(rewards[: len(some)] - rewards[len(some) :])
        return np.concatenate(found).astype(np.float64) if found else np.zeros(0)
