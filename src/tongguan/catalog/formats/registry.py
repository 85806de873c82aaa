"""All file formats, and how one is recognised. To add one: a folder beside this file and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongguan.catalog.formats.base import Format, Sniff, Tree
from tongguan.catalog.formats.chat_formats.formats import (
    AlpacaFormat,
    DpoFormat,
    KtoFormat,
    MessagesFormat,
    ShareGptFormat,
)
from tongguan.catalog.formats.class_folders import ClassFoldersFormat
from tongguan.catalog.formats.coco import CocoFormat
from tongguan.catalog.formats.cvat import CvatFormat
from tongguan.catalog.formats.datumaro import DatumaroFormat
from tongguan.catalog.formats.dota import DotaFormat
from tongguan.catalog.formats.icdar import IcdarFormat
from tongguan.catalog.formats.imagenet import ImagenetFormat
from tongguan.catalog.formats.kitti import KittiFormat
from tongguan.catalog.formats.label_studio import LabelStudioFormat
from tongguan.catalog.formats.label_table import LabelTableFormat
from tongguan.catalog.formats.labelme import LabelmeFormat
from tongguan.catalog.formats.mask_folder import MaskFolderFormat
from tongguan.catalog.formats.mot import MotFormat, MotsFormat
from tongguan.catalog.formats.open_images import OpenImagesFormat
from tongguan.catalog.formats.outlines import AdeFormat, CityscapesFormat, MapillaryFormat
from tongguan.catalog.formats.row_formats.delimited import TableFormat
from tongguan.catalog.formats.row_formats.parquet import ParquetFormat
from tongguan.catalog.formats.sound_formats.rows import CtmFormat, KaldiFormat, RttmFormat
from tongguan.catalog.formats.sound_formats.subtitles import SrtFormat, VttFormat
from tongguan.catalog.formats.sound_formats.textgrid import TextGridFormat
from tongguan.catalog.formats.supervisely import SuperviselyFormat
from tongguan.catalog.formats.text_formats.brat import BratFormat
from tongguan.catalog.formats.text_formats.conll import ConllFormat
from tongguan.catalog.formats.text_formats.json_lines import DoccanoFormat, SpansFormat
from tongguan.catalog.formats.unlabelled import PicturesFormat
from tongguan.catalog.formats.voc import VocFormat
from tongguan.catalog.formats.vott import VottFormat
from tongguan.catalog.formats.wider_face import WiderFaceFormat
from tongguan.catalog.formats.yolo import YoloFormat

MEMBERS: tuple[Format, ...] = (
    CocoFormat(),
    VocFormat(),
    YoloFormat(),
    CvatFormat(),
    LabelmeFormat(),
    LabelStudioFormat(),
    DatumaroFormat(),
    DotaFormat(),
    MotFormat(),
    MotsFormat(),
    KittiFormat(),
    SuperviselyFormat(),
    OpenImagesFormat(),
    CityscapesFormat(),
    AdeFormat(),
    MapillaryFormat(),
    WiderFaceFormat(),
    IcdarFormat(),
    VottFormat(),
    MaskFolderFormat(),
    ImagenetFormat(),
    ClassFoldersFormat(),
    LabelTableFormat(),
    TableFormat(),
    ParquetFormat(),
    ConllFormat(),
    BratFormat(),
    DoccanoFormat(),
    SpansFormat(),
    ShareGptFormat(),
    AlpacaFormat(),
    MessagesFormat(),
    DpoFormat(),
    KtoFormat(),
    KaldiFormat(),
    TextGridFormat(),
    SrtFormat(),
    VttFormat(),
    RttmFormat(),
    CtmFormat(),
)

# Pictures without any label file: read by import and inspect; not a format, since it can hold no label.
PICTURES = PicturesFormat()

# Readers of labels of whole items alone.
CLASS_READERS: tuple[Format, ...] = (LabelTableFormat(), ClassFoldersFormat())

# Formats that hold pictures, which is what projects import and export.
PICTURE_FORMATS: tuple[str, ...] = tuple(member.id for member in MEMBERS if "image" in member.media)

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


def choose_for_classes(tree: Tree) -> tuple[Format, str]:
    """As `detect`, for labels of whole items: folders of classes and tables of labels count too."""
    readers = MEMBERS
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
