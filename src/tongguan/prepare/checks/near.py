"""Near-duplicates: candidates by banded search over the hashes, confirmed by texture, joined into clusters.

Two hashes of 64 bits that differ in at most 11 bits agree in at least one of four bands of 16 bits up to 2 bits
(pigeonhole), so each lookup reads 4 x 137 short lists out of 65,536 instead of every hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tongguan.prepare.checks.perceptual import TINY, texture

# Chosen on steel plates: see `perceptual` and tests/prepare/test_near.py. The hash's distance is nearly always even.
MAX_BITS = 11
MIN_CORRELATION = 0.85

_BANDS = 4
_BAND_BITS = 16
_BAND_RADIUS = MAX_BITS // _BANDS
_PAIRS_AT_ONCE = 4_000_000


def _masks() -> NDArray[np.uint32]:
    single = [1 << bit for bit in range(_BAND_BITS)]
    masks = [0]
    for count in range(1, _BAND_RADIUS + 1):
        masks.extend(sum(chosen) for chosen in combinations(single, count))
    return np.array(masks, dtype=np.uint32)


_MASKS = _masks()


class NearIndex:
    """Pictures to compare with. `hashes`: n values of 64 bits; `tiny`: n x 256 bytes of 16 x 16 px pictures."""

    def __init__(self, hashes: Sequence[int] | NDArray[np.uint64], tiny: Sequence[bytes] | NDArray[np.uint8]) -> None:
        self.hashes = np.asarray(hashes, dtype=np.uint64)
        self.tiny = _stack(tiny)
        if len(self.hashes) != len(self.tiny):
            raise ValueError(f"{len(self.hashes)} hashes and {len(self.tiny)} tiny pictures")
        self._order: list[NDArray[np.int64]] = []
        self._starts: list[NDArray[np.int64]] = []
        for band in range(_BANDS):
            keys = _band(self.hashes, band)
            self._order.append(np.argsort(keys, kind="stable"))
            self._starts.append(np.searchsorted(keys[self._order[-1]], np.arange(2**_BAND_BITS + 1)))

    def matches(self, value: int, tiny: bytes) -> list[int]:
        """Positions of the pictures that look the same as one given by hash and tiny picture."""
        query = NearIndex.__new__(NearIndex)
        query.hashes = np.array([value], dtype=np.uint64)
        query.tiny = _stack([tiny])
        return sorted({int(there) for _, found in self._against(query) for there in found})

    def pairs(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Blocks of pairs (first, second), first < second, that look the same; a pair may come more than once."""
        for here, there in self._against(self):
            keep = here < there
            yield here[keep], there[keep]

    def _against(self, query: NearIndex) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        for band in range(_BANDS):
            keys = _band(query.hashes, band)
            for mask in _MASKS:
                wanted = keys ^ mask
                starts = self._starts[band][wanted]
                counts = self._starts[band][wanted + 1] - starts
                for low, high in _blocks(counts):
                    yield self._confirm(query, band, low, starts[low:high], counts[low:high])

    def _confirm(
        self, query: NearIndex, band: int, low: int, starts: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        total = int(counts.sum())
        here = np.repeat(np.arange(low, low + len(counts)), counts)
        offset = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        there = self._order[band][np.repeat(starts, counts) + offset]
        different = query is not self
        close = np.bitwise_count(query.hashes[here] ^ self.hashes[there]) <= MAX_BITS
        close &= different | (here != there)
        here, there = here[close], there[close]
        if not len(here):
            return here, there
        alike = np.einsum("ij,ij->i", texture(query.tiny[here]), texture(self.tiny[there])) >= MIN_CORRELATION
        return here[alike], there[alike]


def near_clusters(hashes: Sequence[int], tiny: Sequence[bytes]) -> list[int]:
    """For each picture the smallest position in its cluster (its own, where nothing looks the same).

    Pictures of one hash are joined to the first of them that they resemble before the search, so that a thousand
    frames of a standing camera cost a thousand comparisons and not half a million.
    """
    count = len(hashes)
    parent = list(range(count))
    leaders = _join_equal_hashes(hashes, tiny, parent)
    index = NearIndex([hashes[at] for at in leaders], [tiny[at] for at in leaders])
    for first, second in index.pairs():
        for here, there in zip(first.tolist(), second.tolist(), strict=True):
            _union(parent, leaders[here], leaders[there])
    return [_root(parent, at) for at in range(count)]


def _join_equal_hashes(hashes: Sequence[int], tiny: Sequence[bytes], parent: list[int]) -> list[int]:
    by_hash: dict[int, list[int]] = {}
    for at, value in enumerate(hashes):
        by_hash.setdefault(int(value), []).append(at)
    leaders: list[int] = []
    for members in by_hash.values():
        if len(members) == 1:
            leaders.append(members[0])
            continue
        vectors = texture(_stack([tiny[at] for at in members]))
        chosen: list[int] = []
        for position, at in enumerate(members):
            likeness = vectors[chosen] @ vectors[position] if chosen else np.zeros(0)
            best = int(np.argmax(likeness)) if len(likeness) else -1
            if best >= 0 and likeness[best] >= MIN_CORRELATION:
                _union(parent, members[chosen[best]], at)
            else:
                chosen.append(position)
        leaders.extend(members[position] for position in chosen)
    return sorted(leaders)


def _stack(tiny: Sequence[bytes] | NDArray[np.uint8]) -> NDArray[np.uint8]:
    if isinstance(tiny, np.ndarray):
        return tiny.reshape(-1, TINY * TINY)
    return np.frombuffer(b"".join(tiny), dtype=np.uint8).reshape(-1, TINY * TINY)


def _band(hashes: NDArray[np.uint64], band: int) -> NDArray[np.uint32]:
    return ((hashes >> np.uint64(band * _BAND_BITS)) & np.uint64(2**_BAND_BITS - 1)).astype(np.uint32)


def _blocks(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of queries whose candidates fit into memory together."""
    ends = np.cumsum(counts)
    low = 0
    while low < len(counts):
        reached = ends[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(ends, reached + _PAIRS_AT_ONCE, side="right")))
        if ends[high - 1] > reached:
            yield low, high
        low = high


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


def _union(parent: list[int], first: int, second: int) -> None:
    """Joins two clusters under the smaller position."""
    one, other = sorted((_root(parent, first), _root(parent, second)))
    parent[other] = one
