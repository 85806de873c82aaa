"""The training texts by numbers, which member leaves out which, and the batches of each step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tongguan.train.recipes.items import Item
from tongguan.train.recipes.span_extraction.features import Seen, Vocabulary, pieces
from tongguan.train.recipes.span_extraction.tags import Span, tags_of

LEAST_FOLDED = 20
"""With fewer groups no member leaves any out: each would miss too much."""
LENGTH_NOISE = 20
"""Texts of about equal length share a batch; so many characters of difference count as equal."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A training text, its spans, and the member that does not fit it (None: all do)."""

    text: str
    spans: tuple[Span, ...]
    left_out_by: int | None


@dataclass(frozen=True, slots=True)
class Material:
    """labels: of the training texts. samples: by the item's name. fitted: those that weights are fitted on. apart:
    items that nobody, or not everybody, fits, on which the threshold is fixed and the run is looked at."""

    labels: tuple[str, ...]
    samples: Mapping[str, Sample]
    fitted: Sequence[Sample]
    apart: Sequence[Item]


def parts_of(groups: Sequence[str], members: int) -> list[int | None]:
    """The member that leaves out each group: the same wherever it is computed."""
    if members < 2 or len(set(groups)) < LEAST_FOLDED:
        return [None] * len(groups)
    digests = (hashlib.sha256(f"part {group}".encode()).digest() for group in groups)
    return [int.from_bytes(digest[:8], "big") % members for digest in digests]


class Samples:
    """Samples cut into pieces and numbered; a span that a cut goes through is dropped."""

    def __init__(self, samples: Sequence[Sample], vocabulary: Vocabulary, labels: Sequence[str], seed: int) -> None:
        self._seed = seed
        self._seen: list[tuple[Seen, NDArray[np.int64]]] = []
        left_out: list[int | None] = []
        for sample in samples:
            for place, piece in pieces(sample.text):
                if piece:
                    inside = [
                        (start - place, end - place, label)
                        for start, end, label in sample.spans
                        if place <= start and end <= place + len(piece)
                    ]
                    self._seen.append((vocabulary.see(piece), tags_of(len(piece), inside, labels)))
                    left_out.append(sample.left_out_by)
        self._left_out = left_out
        self._orders: dict[tuple[int, int], list[NDArray[np.int64]]] = {}

    def batch(self, member: int, step: int, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """features, characters, pairs, tags, and which places there are: of a member's own step `step` (from 0)."""
        own = np.array([at for at, out in enumerate(self._left_out) if out != member], dtype=np.int64)
        each = -(-len(own) // size)
        epoch = step // each
        order = self._orders.get((member, epoch))
        if order is None:
            self._orders = {key: value for key, value in self._orders.items() if key[0] != member}
            order = self._orders[member, epoch] = self._order(own, member, epoch, size)
        return self._padded(order[step % each])

    def _order(self, own: NDArray[np.int64], member: int, epoch: int, size: int) -> list[NDArray[np.int64]]:
        """The batches of an epoch, from seed, member and epoch alone: a resumed run draws the same."""
        rng = np.random.default_rng([self._seed, 3, member, epoch])
        lengths = np.array([len(self._seen[at][1]) for at in own])
        sorted_ = own[np.argsort(lengths + rng.uniform(0, LENGTH_NOISE, len(own)), kind="stable")]
        batches = [sorted_[start : start + size] for start in range(0, len(own), size)]
        return [batches[at] for at in rng.permutation(len(batches))]

    def _padded(self, index: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        chosen = [self._seen[at] for at in index]
        longest = max(len(tags) for _, tags in chosen)

        def filled(rows: list[NDArray[np.int64]]) -> Tensor:
            out = np.zeros((len(rows), longest, *rows[0].shape[1:]), dtype=np.int64)
            for at, row in enumerate(rows):
                out[at, : len(row)] = row
            return torch.from_numpy(out)

        seen = [one for one, _ in chosen]
        return (
            filled([one.features for one in seen]),
            filled([one.characters for one in seen]),
            filled([one.pairs for one in seen]),
            filled([tags for _, tags in chosen]),
            filled([np.ones(len(tags), dtype=np.int64) for _, tags in chosen]).bool(),
        )
