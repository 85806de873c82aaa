"""A text as weighted n-grams of characters, the same in training and in serving.

Weight: (1 + log count) times the inverse share of texts that hold the n-gram (Salton and Buckley 1988), scaled to
length one. Characters need no segmentation into words, so Chinese and Latin are treated alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.characters import normal
from tongguan.train.recipes.facts import facts_of

LONGEST = 5_000
"""Code points of a text that are looked at."""

Weighed = tuple[NDArray[np.int64], NDArray[np.float32]]


def grams_of(text: str, longest: int) -> Counter[str]:
    """n-grams of 1 to `longest` characters with their counts; runs of blanks count as one, and as the ends."""
    plain = " " + " ".join("".join(normal(text[:LONGEST])).split()) + " "
    counted: Counter[str] = Counter()
    for size in range(1, longest + 1):
        counted.update(plain[at : at + size] for at in range(len(plain) - size + 1))
    del counted[" "]
    return counted


class Grams:
    """The n-grams that a model knows, numbered from 1, each with its inverse share. 0 fills up."""

    def __init__(self, names: Sequence[str], rarity: Sequence[float], longest: int) -> None:
        if len(names) != len(rarity):
            raise ValueError("every n-gram needs one weight")
        self.longest = longest
        self.number = {name: at for at, name in enumerate(names, start=1)}
        self.rarity = np.array([0.0, *rarity], dtype=np.float32)

    def weigh(self, text: str) -> Weighed:
        """Numbers and weights of the n-grams of a text, at least one of each."""
        known = [
            (self.number[name], 1 + math.log(count))
            for name, count in grams_of(text, self.longest).items()
            if name in self.number
        ]
        known.sort()
        numbers = np.array([one for one, _ in known] or [0], dtype=np.int64)
        weights = np.array([one for _, one in known] or [0.0], dtype=np.float32) * self.rarity[numbers]
        length = float(np.sqrt((weights.astype(np.float64) ** 2).sum()))
        return numbers, (weights / np.float32(length or 1.0)).astype(np.float32)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        rarity = [round(float(one), 4) for one in self.rarity[1:]]
        return {"grams": list(self.number), "rarity": rarity, "longest": self.longest}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Grams:
        """Reads what `as_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        names, rarity, longest = raw["grams"], raw["rarity"], raw["longest"]
        if not all(isinstance(name, str) for name in names) or not 1 <= int(longest) <= 8:
            raise ValueError("n-grams are texts of up to 8 characters")
        return cls(names, [float(one) for one in rarity], int(longest))


def learn_grams(texts: Iterable[str], longest: int, least: int, most: int) -> Grams:
    """The n-grams that stand in at least `least` texts, at most `most` of them, the most frequent ones."""
    held: Counter[str] = Counter()
    count = 0
    for text in texts:
        held.update(grams_of(text, longest).keys())
        count += 1
    kept = sorted(((-texts_, name) for name, texts_ in held.items() if texts_ >= least))[:most]
    rarity = [round(1 + math.log((1 + count) / (1 - texts_)), 4) for texts_, _ in kept]
    return Grams([name for _, name in kept], rarity, longest)


def together(weighed: Sequence[Weighed]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Several texts as one batch, filled up with 0: (n, longest) twice."""
    longest = max(len(numbers) for numbers, _ in weighed)
    numbers = np.zeros((len(weighed), longest), dtype=np.int64)
    weights = np.zeros((len(weighed), longest), dtype=np.float32)
    for at, (own, values) in enumerate(weighed):
        numbers[at, : len(own)], weights[at, : len(own)] = own, values
    return numbers, weights


def blanked(weights: NDArray[np.float32], share: float, seed: int, step: int) -> NDArray[np.float32]:
    """Weights of a batch with a share of the n-grams left out at random, the others made heavier by as much; the same
    in every run for a seed and a step."""
    kept = np.random.default_rng([seed, 2, step]).random(weights.shape) >= share
    return (weights * kept / (1 - share)).astype(np.float32)


def known_grams(session: Any) -> Grams:
    """The n-grams that a model carries. Raises ModelRefused."""
    try:
        return Grams.from_json(facts_of(session))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused("model_foreign", f"the model's n-grams are broken: {error}") from error
