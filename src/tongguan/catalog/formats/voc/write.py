"""Writing Pascal VOC: JPEGImages, Annotations, and ImageSets/Main where items have sides."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import edges, plain, without_suffix
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.formats.voc.masks import MaskFiles
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.formats.xmlio import FORBIDDEN, escape
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel

FLAGS = ("truncated", "difficult", "occluded")
# What most boxes are: nothing but a name and a place.
_PLAIN = (
    "\t<object>\n\t\t<name>%s</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n"
    "\t\t<difficult>0</difficult>\n"
    "\t\t<bndbox><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox>\n"
    "\t</object>\n"
)


def write(format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass: picture, XML and masks of each item at once; the lists of the sides wait in temporary files."""
    out = Writing(format_, sink, options, report)
    masks = MaskFiles(out)
    lists: dict[str, IO[str]] = {}
    try:
        for item in items:
            begun = out.begin(item, lambda name: f"JPEGImages/{name}", apart=False)
            if begun is None:
                continue
            name, labels = begun
            if item.side:
                if item.side not in lists:
                    lists[item.side] = _list_file()
                lists[item.side].write(without_suffix(name) + "\n")
            if labels is not None:
                _write_labels(item, name, labels, masks, out)
        for side, listed in sorted(lists.items()):
            listed.seek(0)
            out.text(f"ImageSets/Main/{side_folder(side) or side}.txt", listed.read())
        masks.finish()
    finally:
        for listed in lists.values():
            listed.close()
    out.finish()


def _write_labels(item: WriteItem, name: str, labels: tuple[LabelRecord, ...], masks: MaskFiles, out: Writing) -> None:
    boxes = _writable(labels, item, out)
    kept = masks.write(item, name, labels)
    written: list[LabelRecord] = [*boxes, *kept]
    for label in written:
        out.done(label)
    if boxes or not labels or kept:
        out.text(f"Annotations/{without_suffix(name)}.xml", annotation(item, name, boxes, out.options))


def _list_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")


def _writable(labels: tuple[LabelRecord, ...], item: WriteItem, out: Writing) -> list[BoxLabel]:
    good: list[BoxLabel] = []
    for label in labels:
        if not isinstance(label, BoxLabel):
            continue
        if FORBIDDEN.search(label.label):
            out.refuse(item, label, "the label's name holds a character that XML cannot write")
        else:
            good.append(label)
    return good


def annotation(item: WriteItem, name: str, labels: list[BoxLabel], options: WriteOptions) -> str:
    """The XML of one picture, every text escaped."""
    folder, _, base = name.rpartition("/")
    parts = [
        "<annotation>\n"
        f"\t<folder>{escape(folder or 'JPEGImages')}</folder>\n"
        f"\t<filename>{escape(base)}</filename>\n"
        "\t<source><database>Tongguan</database></source>\n"
        f"\t<size><width>{item.width}</width><height>{item.height}</height><depth>3</depth></size>\n"
        "\t<segmented>0</segmented>\n"
    ]
    parts.extend(_object(label, options.round) for label in labels)
    parts.append("</annotation>\n")
    return "".join(parts)


def _object(label: BoxLabel, rounded: bool) -> str:
    left, top, right, bottom = edges(label, rounded)
    # 1-based and inclusive: the first pixel is 1, the last one covered is the right edge itself.
    xmin, ymin, xmax, ymax = plain(left + 1), plain(top + 1), plain(right), plain(bottom)
    if not label.attributes and label.score is None and label.label.isalnum():
        return _PLAIN % (label.label, xmin, ymin, xmax, ymax)
    place = f"\t\t<bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox>\n"
    attributes = dict(label.attributes)
    pose = attributes.pop("pose", None) if isinstance(attributes.get("pose"), str) else None
    flags = {flag: attributes.pop(flag, False) if attributes.get(flag) is True else False for flag in FLAGS}
    space = ' xml:space="preserve"' if label.label != label.label.strip() else ""
    lines = [f"\t<object>\n\t\t<name{space}>{escape(label.label)}</name>\n"]
    lines.append(f"\t\t<pose>{escape(str(pose)) if pose else 'Unspecified'}</pose>\n")
    lines.append(f"\t\t<truncated>{int(bool(flags['truncated']))}</truncated>\n")
    lines.append(f"\t\t<difficult>{int(bool(flags['difficult']))}</difficult>\n")
    if flags["occluded"]:
        lines.append("\t\t<occluded>1</occluded>\n")
    if label.score is not None:
        lines.append(f"\t\t<score>{label.score!r}</score>\n")
    lines.append(place)
    if attributes:
        lines.append(_attributes(attributes))
    lines.append("\t</object>\n")
    return "".join(lines)


def _attributes(attributes: dict[str, AttributeValue]) -> str:
    rows: list[str] = []
    for key, value in attributes.items():
        if isinstance(value, bool):
            kind, texts = ' type="truth"', ["true" if value else "false"]
        elif isinstance(value, float):
            kind, texts = ' type="number"', [repr(value)]
        elif isinstance(value, list):
            kind, texts = ' type="list"', value
        else:
            kind, texts = "", [value]
        values = "".join(f"<value>{escape(text)}</value>" for text in texts)
        rows.append(f"\t\t\t<attribute{kind}><name>{escape(key)}</name>{values}</attribute>\n")
    return f"\t\t<attributes>\n{''.join(rows)}\t\t</attributes>\n"
