"""Reading CVAT XML 1.1: `<image>` by `<image>`; the tracks of a video together are one item."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.cvat.marks import Meta, fill
from tongguan.catalog.formats.cvat.tracks import fill_tracks
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.marks import number
from tongguan.catalog.formats.paths import SIDES, folder_of, join, side_of_stem, stem_of
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.xmlio import body_of, children


def is_cvat(head: bytes, path: str) -> bool:
    """Root <annotations> with a version, a head, pictures or tracks."""
    body = body_of(head)
    return body.startswith(b"<annotations") and any(
        tag in body for tag in (b"<version>", b"<meta>", b"<image ", b"<track ")
    )


def sniff(tree: Tree) -> Sniff:
    """XML files whose root is <annotations>."""
    return sniff_heads(tree, {".xml"}, is_cvat, "an XML of CVAT (<annotations>)", one_is_enough=True)


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Every picture of every file, then pictures that no file names; frames of an annotated video are no items."""
    files = matching(tree, {".xml"}, is_cvat)
    metas: dict[str, Meta] = {}
    videos: set[str] = set()
    for path in files:
        metas[path] = _meta(tree, path, videos, report)
        report.classes.extend(name for name in metas[path].classes if name not in report.classes)
    frames = tuple({join(folder_of(path), "images") + "/" for path in videos})
    entries = (entry for path in files for entry in _entries(tree, path, metas[path]))
    return gather(tree, report, entries, hidden=lambda path: bool(frames) and path.startswith(frames))


def _meta(tree: Tree, path: str, videos: set[str], report: Report) -> Meta:
    """The head of a file: read up to the first picture or track. Damage is said when the marks are read."""
    meta = Meta()
    try:
        for element in children(tree, path):
            if element.tag == "meta":
                meta.take(element, path, report)
                if meta.video:
                    videos.add(path)
            elif element.tag == "track":
                videos.add(path)
                break
            elif element.tag == "image":
                break
    except ReadError:
        return meta
    return meta


def _entries(tree: Tree, path: str, meta: Meta) -> Iterator[Entry]:
    by_stem = side_of_stem(stem_of(path))
    side = by_stem[0] if by_stem else None
    tracks: list[Any] = []
    for element in children(tree, path):
        if element.tag == "image":
            subset = element.get("subset") or ""
            name = element.get("name") or ""
            width, height = (_whole(element.get(key)) for key in ("width", "height"))
            yield Entry(
                join(subset, name) if name and subset.lower() not in ("", "default") else name,
                path,
                partial(fill, list(element), meta, (width, height) if width and height else None),
                width,
                height,
                SIDES.get(subset.lower()) or side,
            )
        elif element.tag == "track":
            tracks.append(element)
    if tracks or meta.video:
        name = join(folder_of(path), meta.source or f"{stem_of(path)}.mp4")
        video = name if name in frozenset(tree.list()) else None
        width, height = meta.size or (None, None)
        yield Entry(name, path, partial(fill_tracks, tracks, meta), width, height, side, media="video", path=video)


def _whole(text: str | None) -> int | None:
    value = number(text)
    return int(value) if 0 < value < 1e7 else None
