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
from tongguan.train.recipes.span_extraction.features import Vocabulary, corpus_of, learn_vocabulary, pieces
from tongguan.train.recipes.span_extraction.run.grounding import Ground, Piece
from tongguan.train.recipes.span_extraction.tags import Span, tags_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
LEAST_FOLDED = 20
"""With fewer groups nobody leaves any out: each would miss too much."""
LENGTH_NOISE = 20
"""Texts of about equal length share a batch; so many characters of difference count as equal."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A training text and its spans. fold: the field that is not fitted to it. left_out_by: the member that is not.
    None: all are."""

    text: str
    spans: tuple[Span, ...]
    fold: int | None
    left_out_by: int | None


@dataclass(frozen=True, slots=True)
class Material:
    """labels: of the training texts. samples: by the item's name. fitted: names of those that weights are fitted on.
    apart: items that nobody, or not everybody, fits, on which the threshold is fixed and the run is looked at."""

    labels: tuple[str, ...]
    samples: Mapping[str, Sample]
    fitted: Sequence[str]
    apart: Sequence[Item]


@dataclass(frozen=True, slots=True)
class View:
    """A piece of a text as a network is given it. place: where it begins. given (T, tags) and moves (tags + 2, tags):
    of a field that was not fitted to it, where there is one."""

    place: int
    characters: Ints
    pairs: Ints
    tags: Ints
    given: Floats
    moves: Floats


def parts_of(groups: Sequence[str], members: int) -> list[int | None]:
    """The part of each group: the same wherever it is computed."""
    if members < 2 or len(set(groups)) < LEAST_FOLDED:
        return [None] * len(groups)
    digests = (hashlib.sha256(f"part {group}".encode()).digest() for group in groups)
    return [int.from_bytes(digest[:8], "big") % members for digest in digests]


@dataclass(frozen=True, slots=True)
class Cut:
    """Texts cut into pieces and numbered: owner (name of the sample), place, and the piece; one behind the other."""

    owners: tuple[str, ...]
    places: tuple[int, ...]
    pieces: tuple[Piece, ...]


def cut_texts(
    material: Material, names: Sequence[str], vocabulary: Vocabulary | None, limits: tuple[int, int]
) -> tuple[Cut, Vocabulary]:
    """The pieces of some samples; a span that a cut goes through is dropped. Without a vocabulary one is learnt from
    them. limits: how often an n-gram must stand in them, and how many are kept."""
    owners, places, texts = [], [], []
    for name in names:
        for place, piece in pieces(material.samples[name].text):
            if piece:
                owners.append(name)
                places.append(place)
                texts.append(piece)
    corpus = corpus_of(texts)
    vocabulary = vocabulary or learn_vocabulary(corpus, *limits)
    out = []
    for name, place, text, seen in zip(owners, places, texts, vocabulary.seen(corpus), strict=True):
        sample = material.samples[name]
        inside = [
            (start - place, end - place, label)
            for start, end, label in sample.spans
            if place <= start and end <= place + len(text)
        ]
        out.append(Piece(seen, tags_of(len(text), inside, material.labels), sample.fold))
    return Cut(tuple(owners), tuple(places), tuple(out)), vocabulary


def views_of(cut: Cut, given: Sequence[Floats], ground: Ground) -> dict[str, list[View]]:
    """By the sample's name what the networks see of it."""
    out: dict[str, list[View]] = {}
    for owner, place, piece, scores in zip(cut.owners, cut.places, cut.pieces, given, strict=True):
        moves = ground.moves if piece.fold is None else ground.moves_of[piece.fold]
        seen = piece.seen
        out.setdefault(owner, []).append(View(place, seen.characters, seen.pairs, piece.tags, scores, moves))
    return out


class Batches:
    """The pieces that members fit, in batches of about equal length."""

    def __init__(self, views: Sequence[tuple[View, int | None]], seed: int) -> None:
        """Each piece with the member that leaves it out."""
        self._seed = seed
        self._views = [view for view, _ in views]
        self._left_out = [out for _, out in views]
        self._orders: dict[tuple[int, int], list[Ints]] = {}

    def batch(self, member: int, step: int, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """characters, pairs, given, tags, and which places there are: of a member's own step `step` (from 0)."""
        own = np.array([at for at, out in enumerate(self._left_out) if out != member], dtype=np.int64)
        each = -(-len(own) // size)
        epoch = step // each
        order = self._orders.get((member, epoch))
        if order is None:
            self._orders = {key: value for key, value in self._orders.items() if key[0] != member}
            order = self._orders[member, epoch] = self._order(own, member, epoch, size)
        return self._padded(order[step % each])

    def _order(self, own: Ints, member: int, epoch: int, size: int) -> list[Ints]:
        """The batches of an epoch, from seed, member and epoch alone: a resumed run draws the same."""
        rng = np.random.default_rng([self._seed, 3, member, epoch])
        lengths = np.array([len(self._views[at].tags) for at in own])
        sorted_ = own[np.argsort(lengths + rng.uniform(0, LENGTH_NOISE, len(own)), kind="stable")]
        batches = [sorted_[start : start + size] for start in range(0, len(own), size)]
        return [batches[at] for at in rng.permutation(len(batches))]

    def _padded(self, index: Ints) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        chosen = [self._views[at] for at in index]
        longest = max(len(one.tags) for one in chosen)

        def filled(rows: Sequence[Floats | Ints]) -> Tensor:
            out = np.zeros((len(rows), longest, *rows[0].shape[1:]), dtype=rows[0].dtype)
            for at, row in enumerate(rows):
                out[at, : len(row)] = row
            return torch.from_numpy(out)

        return (
            filled([one.characters for one in chosen]),
            filled([one.pairs for one in chosen]),
            filled([one.given for one in chosen]),
            filled([one.tags for one in chosen]),
            filled([np.ones(len(one.tags), dtype=np.int64) for one in chosen]).bool(),
        )
