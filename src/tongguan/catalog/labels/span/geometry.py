"""Pieces of a span, their overlap, and whether a span fits its text."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.span.schema import SpanLabel

Piece = tuple[int, int]


def pieces(label: SpanLabel) -> tuple[Piece, ...]:
    """Start and end of each stretch without a gap, pieces that touch joined."""
    joined: list[Piece] = []
    for start, end in label.pieces or ((label.start, label.end),):
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def overlap(first: Sequence[Piece], second: Sequence[Piece]) -> int:
    """Code points that both hold; the pieces of each are in order and do not overlap."""
    total = one = other = 0
    while one < len(first) and other < len(second):
        total += max(0, min(first[one][1], second[other][1]) - max(first[one][0], second[other][0]))
        if first[one][1] <= second[other][1]:
            one += 1
        else:
            other += 1
    return total


def text_of(label: SpanLabel, text: str) -> str:
    """What stands at the span, pieces joined by a blank as brat writes them."""
    return " ".join(text[start:end] for start, end in pieces(label))


def problems_in(label: SpanLabel, text: str) -> tuple[str, ...]:
    """`zero_area`; `label_outside` past the end of the text; `text_differs` where it says another text."""
    if label.end > len(text):
        return ("label_outside",)
    flat = ("zero_area",) if label.end <= label.start else ()
    differs = ("text_differs",) if label.text and label.text != text_of(label, text) else ()
    return (*flat, *differs)
