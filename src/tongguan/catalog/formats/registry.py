"""All file formats, and how one is recognised. To add one: a folder beside this file and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongguan.catalog.formats.base import Format, Reader, Sniff, Tree
from tongguan.catalog.formats.class_folders import ClassFoldersFormat
from tongguan.catalog.formats.coco import CocoFormat
from tongguan.catalog.formats.label_table import LabelTableFormat
from tongguan.catalog.formats.unlabelled import PicturesFormat
from tongguan.catalog.formats.voc import VocFormat
from tongguan.catalog.formats.yolo import YoloFormat

MEMBERS: tuple[Format, ...] = (CocoFormat(), VocFormat(), YoloFormat())

# Pictures without any label file: read by import and inspect; not a format, since it can hold no label.
PICTURES = PicturesFormat()

# Read where labels of whole items are wanted; written as COCO.
CLASS_READERS: tuple[Reader, ...] = (LabelTableFormat(), ClassFoldersFormat())

CLEAR = 0.5
MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class Detected:
    """The one format that a tree is, and the evidence in words."""

    format: Format
    why: str


class Undecidable(Exception):
    """Nothing fits, or several fit about as well. `candidates` holds (format id, score, evidence), the best first."""

    def __init__(self, candidates: Sequence[tuple[str, float, str]]) -> None:
        self.candidates = list(candidates)
        likely = [f"{name} ({evidence})" for name, score, evidence in self.candidates if score > 0]
        text = "several formats fit: " + "; ".join(likely) if likely else "no known format fits"
        super().__init__(text)


def choose_for_classes(tree: Tree) -> tuple[Reader, str]:
    """As `detect`, for labels of whole items: folders of classes and tables of labels count too."""
    readers: tuple[Reader, ...] = (*MEMBERS, *CLASS_READERS)
    scores = sorted(((reader, reader.sniff(tree)) for reader in readers), key=lambda entry: -entry[1].score)
    best, second = scores[0], scores[1]
    if best[1].score >= CLEAR and best[1].score - second[1].score >= MARGIN:
        return best[0], best[1].evidence
    raise Undecidable([(reader.id, found.score, found.evidence) for reader, found in scores])


def _by_id(members: Sequence[Format]) -> dict[str, Format]:
    table: dict[str, Format] = {}
    for member in members:
        if member.id in table:
            raise RuntimeError(f"format {member.id!r} is registered twice")
        table[member.id] = member
    return table


FORMATS: dict[str, Format] = _by_id(MEMBERS)


def detect(tree: Tree, *, unlabelled: bool = False) -> Detected:
    """The one clear winner. With `unlabelled`, a tree of pictures and no other data is `pictures`.

    Raises Undecidable with the candidates on a tie, or when nothing fits.
    """
    scores: list[tuple[Format, Sniff]] = [(member, member.sniff(tree)) for member in MEMBERS]
    scores.sort(key=lambda entry: -entry[1].score)
    best, sniffed = scores[0]
    second = scores[1][1].score if len(scores) > 1 else 0.0
    if sniffed.score >= CLEAR and sniffed.score - second >= MARGIN:
        return Detected(best, sniffed.evidence)
    pictures = PICTURES.sniff(tree)
    if unlabelled and sniffed.score < CLEAR and pictures.score > 0:
        return Detected(PICTURES, pictures.evidence)
    raise Undecidable([(member.id, found.score, found.evidence) for member, found in scores])
