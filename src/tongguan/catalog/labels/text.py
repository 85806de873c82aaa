"""Texts compared character by character: one rule for transcripts, answers and edits."""

from __future__ import annotations

import unicodedata

import numpy as np


def plain(text: str) -> str:
    """The text as it is compared: composed characters (NFC), every run of white space one blank, none at the ends.

    So two ways to write one accented letter, and CRLF and LF, are the same.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def characters(text: str) -> int:
    """How many characters somebody typed: code points after composing, without combining marks and joiners."""
    composed = unicodedata.normalize("NFC", text)
    return sum(1 for each in composed if not unicodedata.combining(each) and each not in "\u200d\ufe0e\ufe0f")


def distance(first: str, second: str) -> int:
    """Levenshtein distance of two texts in code points: fewest insertions, deletions and replacements.

    V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", Soviet Physics Doklady
    10 (1966). One row of the table at a time, each row by NumPy: along the row, insertions are a running minimum.
    """
    if len(first) < len(second):
        first, second = second, first
    if not second:
        return len(first)
    codes = np.frombuffer(second.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    steps = np.arange(len(codes) + 1)
    row = steps.copy()
    for number, character in enumerate(first, start=1):
        next_row = np.empty_like(row)
        next_row[0] = number
        np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)), out=next_row[1:])
        row = np.minimum.accumulate(next_row - steps) + steps
    return int(row[-1])


def likeness(first: str, second: str) -> float:
    """1 - distance / length of the longer text, in [0, 1]; two empty texts are alike.

    For texts of one length this is 1 - character error rate. Divided by the longer one it does not depend on which of
    the two is called right.
    """
    one, other = plain(first), plain(second)
    if one == other:
        return 1.0
    return 1.0 - distance(one, other) / max(len(one), len(other))
