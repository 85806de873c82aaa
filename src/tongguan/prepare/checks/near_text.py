"""Texts that say nearly the same: MinHash over runs of four characters, found by bands, joined into clusters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RUN = 4
HASHES = 64
BANDS = 16
# Share of equal hashes = share of runs that both texts hold (Jaccard), estimated to about 0.05.
ALIKE = 0.85
# Shorter texts repeat by chance ("OK", "转发微博"): neither copies nor likenesses are told of them.
SHORTEST = 12

Signature = NDArray[np.uint32]

_DRAW = np.random.default_rng(20240607)
_FACTORS = _DRAW.integers(1, 2**63, HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS = _DRAW.integers(0, 2**63, HASHES, dtype=np.uint64)


def plain(text: str) -> str:
    """Text without the differences that do not count: width of characters, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def signature(text: str) -> Signature | None:
    """64 hashes of a text; None for one of fewer than 12 characters."""
    bare = plain(text)
    if len(bare) < SHORTEST:
        return None
    codes = np.frombuffer(bare.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    with np.errstate(over="ignore"):
        runs = np.zeros(len(codes) - RUN + 1, dtype=np.uint64)
        for at in range(RUN):
            runs = runs * np.uint64(1_000_003) + codes[at : len(codes) - RUN + 1 + at]
        hashed = (np.unique(runs)[:, None] * _FACTORS + _SHIFTS) >> np.uint64(32)
    least: Signature = hashed.min(axis=0).astype(np.uint32)
    return least


def text_clusters(signatures: Sequence[Signature | None]) -> list[int]:
    """For each text the smallest position in its cluster (its own, where nothing is like it)."""
    parent = list(range(len(signatures)))
    step = HASHES // BANDS
    for band in range(BANDS):
        seen: dict[bytes, int] = {}
        for at, each in enumerate(signatures):
            if each is None:
                continue
            key = each[band * step : (band + 1) * step].tobytes()
            first = seen.setdefault(key, at)
            other = signatures[first]
            if first != at and other is not None and float((each == other).mean()) >= ALIKE:
                one, two = sorted((_root(parent, first), _root(parent, at)))
                parent[two] = one
    return [_root(parent, at) for at in range(len(signatures))]


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
