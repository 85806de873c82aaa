"""What the model sees of each character: its neighbourhood as n-grams and types, by number in a vocabulary.

An n-gram is known by a 64-bit hash of its place and its code points, all of a corpus at once in NumPy: a million
characters take seconds, and a vocabulary is one sorted array. Two of a million n-grams share a hash with probability
3e-8.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.characters import normal, types

Hashes = NDArray[np.uint64]
TEMPLATES: tuple[tuple[tuple[int, str], ...], ...] = (
    *(((at, "c"),) for at in (-2, -1, 0, 1, 2)),
    *(((at, "c"), (at + 1, "c")) for at in (-2, -1, 0, 1)),
    *(((at, "c"), (at + 1, "c"), (at + 2, "c")) for at in (-2, -1, 0)),
    ((-3, "c"), (-2, "c"), (-1, "c"), (0, "c")),
    ((0, "c"), (1, "c"), (2, "c"), (3, "c")),
    ((-1, "c"), (1, "c")),
    ((-1, "t"), (0, "t"), (1, "t")),
    ((-2, "t"), (-1, "t"), (0, "t"), (1, "t"), (2, "t")),
    ((-1, "t"), (0, "c")),
    ((0, "c"), (1, "t")),
)
"""What each feature looks at: places from the character, each as its normal form (c) or its type (t)."""
FEATURES = len(TEMPLATES)
REACH = 3
UNKNOWN = 1
"""Number of a character that the vocabulary lacks; 0 fills up."""
LONGEST = 400
"""Longest piece of a text that is tagged in one go, in code points."""
OUTSIDE = 0x110000
"""What stands before and after a text: no code point."""
_START, _TIMES, _TURN = 0xCBF29CE484222325, 0x9E3779B97F4A7C15, 29
"""Offset of FNV-1a, odd number of the golden ratio, and how far the upper bits are folded down."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text by numbers. features: (T, FEATURES), 0 = unknown. characters and pairs: (T,)."""

    features: NDArray[np.int64]
    characters: NDArray[np.int64]
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts one behind the other. features: (N, FEATURES) hashes; characters, pairs: (N,) hashes; ends: (texts,) where
    each ends."""

    features: Hashes
    characters: Hashes
    pairs: Hashes
    ends: NDArray[np.int64]


def corpus_of(texts: Sequence[str]) -> Corpus:
    """The hashes of everything that texts hold."""
    gap = [OUTSIDE] * REACH
    forms: list[int] = list(gap)
    kinds: list[int] = list(gap)
    places: list[NDArray[np.int64]] = []
    for text in texts:
        places.append(np.arange(len(forms), len(forms) + len(text)))
        forms += [ord(form) for form in normal(text)] + gap
        kinds += [ord(kind) for kind in types(text)] + gap
    at = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
    rows = {"c": np.array(forms, dtype=np.uint64), "t": np.array(kinds, dtype=np.uint64)}
    features = np.empty((len(at), FEATURES), dtype=np.uint64)
    for number, parts in enumerate(TEMPLATES):
        features[:, number] = _hashed(number, [rows[source][at + place] for place, source in parts])
    forms_ = rows["c"]
    pairs = _hashed(FEATURES, [forms_[at], forms_[at + 1]])
    return Corpus(features, forms_[at], pairs, np.cumsum([len(text) for text in texts], dtype=np.int64))


def _hashed(number: int, parts: Sequence[Hashes]) -> Hashes:
    """(N,) of columns (N,): h = (h xor part) * odd, upper bits folded down, for each part in turn."""
    out = np.full(len(parts[0]), (_START + number * _TIMES) & (2**64 - 1), dtype=np.uint64)
    for part in parts:
        out = (out ^ part) * np.uint64(_TIMES)
        out ^= out >> np.uint64(_TURN)
    return out


class Vocabulary:
    """Numbers of features, characters and pairs of characters: their places in sorted arrays of hashes."""

    def __init__(self, features: Hashes, characters: Hashes, pairs: Hashes) -> None:
        self.features, self.characters, self.pairs = features, characters, pairs

    def see(self, text: str) -> Seen:
        """A text by numbers."""
        return self.seen(corpus_of([text]))[0]

    def seen(self, corpus: Corpus) -> list[Seen]:
        """All texts of a corpus by numbers."""
        whole = (
            _numbers(self.features, corpus.features, 1, 0),
            _numbers(self.characters, corpus.characters, UNKNOWN + 1, UNKNOWN),
            _numbers(self.pairs, corpus.pairs, UNKNOWN + 1, UNKNOWN),
        )
        starts = [0, *corpus.ends[:-1].tolist()]
        return [
            Seen(*(each[start:end] for each in whole)) for start, end in zip(starts, corpus.ends.tolist(), strict=True)
        ]

    def as_json(self) -> dict[str, str]:
        """What `from_json` reads: sorted little-endian 64-bit hashes in base64."""
        arrays = {"features": self.features, "characters": self.characters, "pairs": self.pairs}
        return {name: base64.b64encode(one.astype("<u8").tobytes()).decode() for name, one in arrays.items()}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Vocabulary:
        """Reads what `as_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        arrays = [
            np.frombuffer(base64.b64decode(raw[key], validate=True), dtype="<u8").astype(np.uint64)
            for key in ("features", "characters", "pairs")
        ]
        if any((one[1:] <= one[:-1]).any() for one in arrays):
            raise ValueError("sorted hashes are wanted")
        return cls(*arrays)


def _numbers(known: Hashes, wanted: Hashes, first: int, strange: int) -> NDArray[np.int64]:
    """Places of hashes among the known ones, counted from `first`; `strange` where they are not."""
    if not len(known):
        return np.full(wanted.shape, strange, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at + first, strange)


def learn_vocabulary(corpus: Corpus, least: int, most: int) -> Vocabulary:
    """Features, characters and pairs that the texts hold at least `least` times, of the features at most `most`."""
    columns = [np.unique(corpus.features[:, at], return_counts=True) for at in range(FEATURES)]
    return Vocabulary(
        _often(columns, least, most),
        _often([np.unique(corpus.characters, return_counts=True)], least, most),
        _often([np.unique(corpus.pairs, return_counts=True)], least, most),
    )


def _often(counted: Iterable[tuple[Hashes, NDArray[np.int64]]], least: int, most: int) -> Hashes:
    """The most frequent ones in order of hash; of equal counts the smaller hash stays."""
    kept = [(names[counts >= least], counts[counts >= least]) for names, counts in counted]
    names, counts = (np.concatenate(each) for each in zip(*kept, strict=True))
    chosen = np.lexsort((names, -counts))[:most]
    out: Hashes = np.unique(names[chosen])
    return out


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
