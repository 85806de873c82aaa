"""Writing MOT and MOTS: a folder a video, every frame in view a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.mot.thinning import every_frame
from tongguan.catalog.formats.output import plain, without_suffix
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.track import TrackLabel

KEPT = frozenset({"ignored", "visibility"})


class Shaped(Describes):
    """A format that holds tracks of one shape."""

    shape: str


def write(format_: Any, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
    """One pass. A track of another shape, or with a name of two lines, is refused."""
    out = Writing(format_, sink, options, report)
    for item in items:
        begun = out.begin(item, lambda name: f"{_root(name)}/{name.rpartition('/')[2]}")
        if begun is None:
            continue
        name, labels = begun
        rows: list[tuple[int, int, str]] = []
        written = 0
        for at, label in enumerate(labels or (), start=1):
            reason = _refusal(label, format_.shape)
            if reason or not isinstance(label, TrackLabel):
                out.refuse(item, label, reason or "no track")
                continue
            identity = int(label.id) if label.id.isdecimal() and len(label.id) < 10 else at
            rows += _rows(label, identity, out.classes.numbers[label.label] + 1)
            written += 1
            out.done(label)
        if labels and not written:
            continue
        root = _root(name)
        out.text(f"{root}/gt/gt.txt", "".join(row for _, _, row in sorted(rows)))
        out.text(f"{root}/gt/labels.txt", "".join(f"{key}\n" for key in out.classes.numbers))
        length = max((row[0] for row in rows), default=0)
        size = f"imWidth={item.width}\nimHeight={item.height}\n" if item.width and item.height else ""
        out.text(f"{root}/seqinfo.ini", f"[Sequence]\nname={root}\nimDir=img1\nseqLength={length}\n{size}imExt=.jpg\n")
    out.finish()


def _root(name: str) -> str:
    return without_suffix(name).replace("/", "_")


def _refusal(label: Any, shape: str) -> str | None:
    if "\n" in label.label or "\r" in label.label or label.label != label.label.strip():
        return "the name has line breaks or blanks at its ends, which labels.txt cannot hold"
    kinds = {frame.shape.kind for frame in label.keyframes} if isinstance(label, TrackLabel) else set()
    return None if kinds == {shape} else f"a track of shape {', '.join(sorted(kinds))}, not {shape}"


def _rows(label: TrackLabel, identity: int, number: int) -> Iterable[tuple[int, int, str]]:
    for frame, shape, keyframe in every_frame(label):
        if shape.kind == "mask":
            height, width = shape.size
            row = f"{frame + 1} {identity} {number} {height} {width} {shape.counts}\n"
        else:
            box = ",".join(plain(value) for value in (shape.x, shape.y, shape.width, shape.height))
            seen = keyframe.attributes.get("visibility", 1.0)
            counts = 0 if keyframe.attributes.get("ignored") is True else 1
            row = f"{frame + 1},{identity},{box},{counts},{number},{seen}\n"
        yield frame + 1, identity, row
