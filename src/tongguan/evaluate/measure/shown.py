"""The worst items of media other than pictures, as the page shows them: texts with their marks, sounds to listen to."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongguan.evaluate.measure.evaluation import Evaluation
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.sources.registry import media_of

WORST = 24
LONGEST_TEXT = 600
MOST_SOUND = 400_000
"""Bytes of a sound that the page holds; of a larger one only the name is shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; label is empty outside of spans. state: right, wrong, missed or invented."""

    text: str
    label: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item. rows: who marked it and what, in order of place. sound: as a data address, or empty."""

    name: str
    missed: int
    invented: int
    rows: tuple[tuple[str, tuple[Piece, ...]], ...]
    sound: str = ""


def shown_items(evaluation: Evaluation) -> list[Shown]:
    """The items with the most mistakes; empty for pictures, which have a view of their own."""
    media = recipe(evaluation.recipe).media
    worst = evaluation.figures["worst"][:WORST]
    if media not in ("text", "sound") or not worst:
        return []
    tree = media_of(evaluation.recipe).open(Path(evaluation.source))
    try:
        return [_shown(one, media, _bytes(tree, one["item"])) for one in worst]
    finally:
        tree.close()


def _bytes(tree: Any, path: str) -> bytes:
    try:
        with tree.open(path) as stream:
            content: bytes = stream.read()
    except OSError:
        return b""
    return content


def _shown(one: Mapping[str, Any], media: str, content: bytes) -> Shown:
    wrong = int(one["wrong"])
    sound = ""
    if media == "sound" and 0 < len(content) <= MOST_SOUND:
        sound = "data:audio/wav;base64," + base64.b64encode(content).decode()
    text = content.decode("utf-8", "replace") if media == "text" else ""
    rows = (("人工 drawn", _pieces(text, one["truth"])), ("模型 found", _pieces(text, one["found"])))
    return Shown(str(one["name"]), int(one["missed"]) + wrong, int(one["invented"]) + wrong, rows, sound)


def _pieces(text: str, labels: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """The text with its spans; a class of the whole item, or what is said in it, stands before it."""
    out = [Piece("", str(one["label"]), str(one["state"])) for one in labels if one["kind"] == "class"]
    said = (one for one in labels if one["kind"] == "sound_segment")
    out += [Piece(str(one["transcript"]), str(one["label"]), str(one["state"])) for one in said]
    at = 0
    for one in sorted((one for one in labels if one["kind"] == "span"), key=lambda one: int(one["start"])):
        start, end = max(at, int(one["start"])), int(one["end"])
        out += [Piece(text[at:start]), Piece(text[start:end], str(one["label"]), str(one["state"]))]
        at = max(at, end)
    return (*out, Piece(text[at : at + LONGEST_TEXT] + ("…" if len(text) > at + LONGEST_TEXT else "")))
