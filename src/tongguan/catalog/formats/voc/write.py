"""Writing Pascal VOC: JPEGImages, Annotations, and ImageSets/Main where items have sides."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from typing import IO

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import OutputNames, copy_media, edges, fitting, plain, without_suffix, write_text
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel

KINDS = frozenset({"box"})
FLAGS = ("truncated", "difficult", "occluded")
# XML 1.0 has no way to write these, not even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write(items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass: picture and XML of each item at once; the lists of the sides wait in temporary files."""
    names = OutputNames()
    lists: dict[str, IO[str]] = {}
    allowed = frozenset(options.classes)
    try:
        for item in items:
            report.items += 1
            name = names.claim(WriteItem(item.name, None, None, 0, 0, None))
            if options.media:
                copy_media(item, f"JPEGImages/{name}", sink, report)
            if item.side:
                if item.side not in lists:
                    lists[item.side] = _list_file()
                lists[item.side].write(without_suffix(name) + "\n")
            labels = fitting(item, KINDS, "VOC", report)
            if labels is not None:
                text = annotation(item, name, _writable(labels, item, allowed, report), options)
                write_text(sink, f"Annotations/{without_suffix(name)}.xml", text, report)
        for side, listed in sorted(lists.items()):
            listed.seek(0)
            write_text(sink, f"ImageSets/Main/{side_folder(side) or side}.txt", listed.read(), report)
    finally:
        for listed in lists.values():
            listed.close()


def _list_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")


def _writable(
    labels: tuple[LabelRecord, ...], item: WriteItem, allowed: frozenset[str], report: Report
) -> list[BoxLabel]:
    good: list[BoxLabel] = []
    for label in labels:
        if not isinstance(label, BoxLabel):
            continue
        if allowed and label.label not in allowed:
            report.refuse(item.name, "box", f"{label.label[:80]} is not one of the label classes of this export")
        elif _FORBIDDEN.search(label.label):
            report.refuse(item.name, "box", "the label's name holds a character that XML cannot write")
        else:
            good.append(label)
            report.count("box")
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
    # 1-based and inclusive: the first pixel is 1, the last one covered is the right edge itself.
    lines.append(
        f"\t\t<bndbox><xmin>{plain(left + 1)}</xmin><ymin>{plain(top + 1)}</ymin>"
        f"<xmax>{plain(right)}</xmax><ymax>{plain(bottom)}</ymax></bndbox>\n"
    )
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


def escape(text: str) -> str:
    """Text as XML content; line ends and tabs as references, since a parser would change them."""
    if text.isalnum():
        return text
    text = _FORBIDDEN.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
