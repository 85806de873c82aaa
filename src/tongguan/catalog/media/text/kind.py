"""The registered member for plain text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.text.encoding import find_encoding

SUFFIXES = frozenset({".txt", ".md", ".text"})
MOST_BYTES = 256 * 2**20
HEAD = 1 << 16
SHOWN = 400


class TextType:
    """Contract of `MediaType` for `text`."""

    id = "text"
    title: Mapping[str, str] = {"en": "Text", "zh": "文本"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("characters", "lines")
    limits = "256 MiB"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """The encoding, found from the first 64 KiB."""
        head = stream.read(HEAD)
        stream.seek(0)
        _check_head(head)
        cut = head.rfind(b"\n") + 1 if len(head) == HEAD else len(head)
        return _facts(find_encoding(io.BytesIO(head[: cut or len(head)])), {})

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Decodes everything; counts lines and characters (code points)."""
        text, codec = read_text(stream)
        return _facts(codec, {"characters": len(text), "lines": len(text.splitlines())})

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first 400 characters."""
        head = stream.read(HEAD)
        _check_head(head)
        cut = head.rfind(b"\n") + 1 if len(head) == HEAD else len(head)
        data = head[: cut or len(head)]
        return Preview(text=data.decode(find_encoding(io.BytesIO(data)))[:SHOWN])


def read_text(stream: BinaryIO, limit: int = MOST_BYTES) -> tuple[str, str]:
    """(all text, codec). Line ends stay as they are, so that offsets mean the same everywhere. Raises MediaProblem."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > limit:
        raise MediaProblem("unreadable", f"{size:,} bytes: a text of at most {limit:,} is read")
    head = stream.read(HEAD)
    stream.seek(0)
    _check_head(head)
    codec = find_encoding(stream)
    return stream.read().decode(codec), codec


def _check_head(head: bytes) -> None:
    if not head:
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head:
        raise MediaProblem("wrong_type", "the file holds zero bytes: it is no text")


def _facts(codec: str, counts: dict[str, int]) -> MediaFacts:
    return MediaFacts("text", "text", "text/plain", details={"encoding": codec, **counts})
