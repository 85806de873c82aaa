"""Files of known media types without any label file: each is an item, and so is each line of a text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.paths import is_junk, side_of_folders
from tongguan.catalog.formats.unlabelled import DATA_SUFFIXES, PROSE
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.conversation import messages_of
from tongguan.catalog.media.registry import media_type_of
from tongguan.catalog.media.text import read_text

OF_LINES = frozenset({"text", "conversation"})


class MediaFilesReader:
    """Same shape as a format's reader, for `inspect`: nothing that says what is on the files is there."""

    id = "media"

    def sniff(self, tree: Tree) -> Sniff:
        """Files of one family, and no file that may hold labels of an unknown format: those are never passed over."""
        found: dict[str, int] = {}
        strange = ""
        for path in _members(tree):
            media = media_type_of(path)
            if media is not None and media.id != "table":
                found[media.id] = found.get(media.id, 0) + 1
            elif any(path.lower().endswith(suffix) for suffix in DATA_SUFFIXES):
                strange = path
        said = ", ".join(f"{count} of {media}" for media, count in sorted(found.items()))
        if strange or not found or (OF_LINES & set(found) and set(found) - OF_LINES):
            return Sniff(0.0, f"{said or 'no files of a known media type'}{f', but also {strange}' if strange else ''}")
        return Sniff(0.3, f"{said} and no label files")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every file, unlabelled; of a text or conversations every line that is not empty, named FILE:N."""
        for path in _members(tree):
            media = media_type_of(path)
            if media is None or media.id == "table":
                continue
            report.files += 1
            side = side_of_folders(path)
            if media.id in OF_LINES:
                for item in _lines(tree, path, media.id, side):
                    report.items += 1
                    yield item
                continue
            report.items += 1
            yield ReadItem(path, path, None, side=side, media=media.id)


def _members(tree: Tree) -> list[str]:
    return [path for path in tree.list() if not is_junk(path) and not PROSE.search(path)]


def _lines(tree: Tree, path: str, media: str, side: str | None) -> Iterator[ReadItem]:
    try:
        with tree.open(path) as stream:
            text, _ = read_text(stream)
    except (MediaProblem, OSError):
        yield ReadItem(path, path, None, side=side, media=media)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            good = media == "text" or _is_conversation(line)
            item = f"{path}:{number}"
            yield ReadItem(item, None, None, side=side, media=media, text=line if good else None)


def _is_conversation(line: str) -> bool:
    try:
        return messages_of(json.loads(line)) is not None
    except (ValueError, RecursionError):
        return False
