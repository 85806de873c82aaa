"""What the model sees of each character: its neighbourhood as n-grams and types, by number in a vocabulary."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.characters import normal, types

TEMPLATES = (
    *((at, at) for at in (-2, -1, 0, 1, 2)),
    *((at, at + 1) for at in (-2, -1, 0, 1)),
    *((at, at + 2) for at in (-2, -1, 0)),
    (-3, 0),
    (0, 3),
)
"""First and last place of each n-gram, from the character."""
FEATURES = len(TEMPLATES) + 5
REACH = 3
UNKNOWN = 1
"""Number of a character that the vocabulary lacks; 0 fills up."""
LONGEST = 400
"""Longest piece of a text that is tagged in one go, in code points."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text by numbers. features: (T, FEATURES), 0 = unknown. characters and pairs: (T,)."""

    features: NDArray[np.int64]
    characters: NDArray[np.int64]
    pairs: NDArray[np.int64]


def names_of(text: str) -> list[list[str]]:
    """The features of each character, by name."""
    forms = ["<"] * REACH + normal(text) + [">"] * REACH
    kinds = "<" * REACH + types(text) + ">" * REACH
    rows = []
    for at in range(REACH, len(forms) - REACH):
        row = [f"{first}:{'|'.join(forms[at + first : at + last + 1])}" for first, last in TEMPLATES]
        row += [
            f"s:{forms[at - 1]}|{forms[at + 1]}",
            f"t:{kinds[at - 1 : at + 2]}",
            f"u:{kinds[at - 2 : at + 3]}",
            f"v:{kinds[at - 1]}|{forms[at]}",
            f"w:{forms[at]}|{kinds[at + 1]}",
        ]
        rows.append(row)
    return rows


class Vocabulary:
    """Numbers of features, characters and pairs of characters. The most frequent ones come first."""

    def __init__(self, features: Sequence[str], characters: Sequence[str], pairs: Sequence[str]) -> None:
        self.features = {name: at for at, name in enumerate(features, start=1)}
        self.characters = {name: at for at, name in enumerate(characters, start=UNKNOWN + 1)}
        self.pairs = {name: at for at, name in enumerate(pairs, start=UNKNOWN + 1)}

    def see(self, text: str) -> Seen:
        """A text by numbers."""
        forms = normal(text)
        number = self.features
        rows = [[number.get(name, 0) for name in row] for row in names_of(text)]
        pairs = [one + two for one, two in zip(forms, [*forms[1:], ">"], strict=True)]
        return Seen(
            np.array(rows, dtype=np.int64).reshape(-1, FEATURES),
            np.array([self.characters.get(form, UNKNOWN) for form in forms], dtype=np.int64),
            np.array([self.pairs.get(pair, UNKNOWN) for pair in pairs], dtype=np.int64),
        )

    def as_json(self) -> dict[str, list[str]]:
        """What `from_json` reads."""
        return {"features": list(self.features), "characters": list(self.characters), "pairs": list(self.pairs)}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Vocabulary:
        """Reads what `as_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        lists = [raw[key] for key in ("features", "characters", "pairs")]
        if not all(isinstance(one, list) and all(isinstance(name, str) for name in one) for one in lists):
            raise ValueError("three lists of names are wanted")
        return cls(*lists)


def learn_vocabulary(texts: Iterable[str], least: int, most: int) -> Vocabulary:
    """Features, characters and pairs that the texts hold at least `least` times, of the features at most `most`."""
    features: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        for row in names_of(text):
            features.update(row)
        forms = normal(text)
        characters.update(forms)
        pairs.update(one + two for one, two in itertools.pairwise(forms))
    return Vocabulary(_often(features, least, most), _often(characters, least, most), _often(pairs, least, most))


def _often(counted: Counter[str], least: int, most: int) -> list[str]:
    """By falling count, then by name: the same order on every machine."""
    kept = [(-count, name) for name, count in counted.items() if count >= least]
    return [name for _, name in sorted(kept)[:most]]


def pieces(text: str, most: int = LONGEST) -> list[tuple[int, str]]:
    """A long text in parts (place, part) of at most `most` code points, cut after a sentence, else after a comma or a
    blank, else where it must be."""
    out, start = [], 0
    while len(text) - start > most:
        window = text[start : start + most]
        cut = max(window.rfind(mark) for mark in "。！？!?\n；;")
        if cut < most // 2:
            cut = max(window.rfind(mark) for mark in "，,、 。！？!?\n；;")
        cut = cut + 1 if cut >= most // 4 else most
        out.append((start, text[start : start + cut]))
        start += cut
    out.append((start, text[start:]))
    return out
