"""Masks as run lengths, equal to those of pycocotools: runs go down the columns, the first lies outside.

The text form is that of COCO's `maskApi.c`: a number, from the fourth on less the one before its neighbour, is written
in pieces of 5 bits, the lowest first, each piece one character from "0" on, with bit 6 set while more follow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Runs = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.bool_]

_FIRST = ord("0")
# 13 pieces of 5 bits hold every number of 64 bits.
_MOST_PIECES = 13


def checked(counts: Sequence[object]) -> Runs:
    """A list of run lengths as numbers. ValueError where one is no whole number from 0 on."""
    if not all(isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 2**40 for count in counts):
        raise ValueError("run lengths are whole numbers from 0 on")
    return np.array(counts, dtype=np.int64)


def expand(text: str) -> Runs:
    """Run lengths of the compressed text. ValueError for a text that is none."""
    if not text:
        return np.zeros(0, dtype=np.int64)
    try:
        pieces = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - _FIRST
    except UnicodeEncodeError:
        raise ValueError("counts holds characters that are no run lengths") from None
    if pieces.min() < 0 or pieces.max() > 63:
        raise ValueError("counts holds characters that are no run lengths")
    last = (pieces & 32) == 0
    if not last[-1]:
        raise ValueError("counts ends in the middle of a number")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _MOST_PIECES - 1:
        raise ValueError("counts holds a number that is too large")
    place = np.arange(len(pieces)) - np.repeat(starts, lengths)
    numbers = np.add.reduceat((pieces & 31) << (5 * place), starts)
    numbers -= np.where(pieces[ends] & 16, np.int64(1) << (5 * lengths), 0)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers


def compress(runs: Runs) -> str:
    """The compressed text of run lengths."""
    rest = runs.astype(np.int64, copy=True)
    rest[3:] -= runs[1:-2]
    written = np.zeros((len(rest), _MOST_PIECES), dtype=np.uint8)
    used = np.zeros((len(rest), _MOST_PIECES), dtype=np.bool_)
    open_ = np.ones(len(rest), dtype=np.bool_)
    for place in range(_MOST_PIECES):
        piece = rest & 31
        rest >>= 5
        more = np.where(piece & 16, rest != -1, rest != 0)
        written[:, place] = piece + 32 * more + _FIRST
        used[:, place] = open_
        open_ &= more
        if not open_.any():
            break
    return written[used].tobytes().decode("ascii")


def encode(pixels: Pixels) -> Runs:
    """Run lengths of pixels (height, width)."""
    flat = np.asarray(pixels, dtype=np.bool_).ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], changes, [len(flat)]]))
    return np.concatenate([[0], runs]) if len(flat) and flat[0] else runs


def decode(runs: Runs, size: tuple[int, int]) -> Pixels:
    """Pixels (height, width) of run lengths."""
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape(size, order="F")


def area(runs: Runs) -> int:
    """Pixels inside."""
    return int(runs[1::2].sum())


def bounds(runs: Runs, height: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of the pixels inside; four zeros where there is none."""
    ends = np.cumsum(runs)
    first, last = ends[0:-1:2], ends[1::2] - 1
    first, last = first[last >= first], last[last >= first]
    if not len(first):
        return 0, 0, 0, 0
    left, right = int(first.min()) // height, int(last.max()) // height
    if (first // height != last // height).any():  # a run that goes on in the next column touches top and bottom
        top, bottom = 0, height - 1
    else:
        top, bottom = int((first % height).min()), int((last % height).max())
    return left, top, right - left + 1, bottom - top + 1


def shared_and_union(first: Runs, second: Runs) -> tuple[int, int]:
    """Pixels inside both, and inside either, of two masks of one size."""
    starts, votes = count_inside([first, second])
    lengths = np.diff(starts)
    return int(lengths[votes == 2].sum()), int(lengths[votes > 0].sum())


def merge(masks: Sequence[Runs], intersect: bool = False) -> Runs:
    """Union of masks of one size, or their intersection."""
    return at_least(masks, len(masks) if intersect else 1)


def at_least(masks: Sequence[Runs], needed: int) -> Runs:
    """The pixels that at least `needed` of the masks of one size hold."""
    starts, votes = count_inside(masks)
    inside = votes >= needed
    changes = np.flatnonzero(np.diff(np.concatenate([[False], inside]).astype(np.int8)))
    return np.diff(np.concatenate([[0], starts[changes], [starts[-1]]]))


def count_inside(masks: Sequence[Runs]) -> tuple[Runs, Runs]:
    """Pieces in which no mask changes: their ends (pieces + 1,), from 0, and how many masks hold each (pieces,)."""
    ends = [np.cumsum(runs) for runs in masks]
    starts = np.unique(np.concatenate([[0], *ends]))
    votes = np.zeros(len(starts) - 1, dtype=np.int64)
    for each in ends:
        votes += np.searchsorted(each, starts[:-1], side="right") % 2
    return starts, votes
