"""Which encoding a text is in: UTF-8, UTF-16 with mark, GB18030 or Big5, found from the bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from tongguan.catalog.media.base import MediaProblem

CHUNK = 1 << 20
SAMPLE = 1 << 16
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# The most frequent characters of each script; one of them says more than many that both encodings hold.
FREQUENT = {
    "gb18030": frozenset(
        "的一是了不在有人我他这中大来上个国到说们为和你地出道也时要就可以会生学年对下自里面发后作用家成量电数号组"
    ),
    "big5": frozenset(
        "的一是了不在有人我他這中大來上個國到說們為和你地出道也時要就可以會生學年對下自裡面發後作用家成量電數號組"
    ),
}


def find_encoding(stream: BinaryIO) -> str:
    """The name of the codec that decodes all of the stream, which is left at its start.

    UTF-8 where it fits; else GB18030 or Big5, whichever gives the more usual characters. Raises MediaProblem
    `unreadable` with the position of the first byte that fits none.
    """
    head = stream.read(4)
    stream.seek(0)
    marked = next((codec for mark, codec in MARKS if head.startswith(mark)), None)
    tried = (marked,) if marked else ("utf-8",)
    failed_at = _first_failure(stream, tried[0])
    if failed_at is None:
        return tried[0]
    if marked is None:
        sample = _around(stream, failed_at)
        for codec in sorted(("gb18030", "big5"), key=lambda one: -_likeness(sample, one)):
            position = _first_failure(stream, codec)
            if position is None:
                return codec
            failed_at = max(failed_at, position)
    words = "the encoding that its mark promises" if marked else "UTF-8, GB18030 or Big5"
    raise MediaProblem("unreadable", f"byte {failed_at + 1:,} is not {words}; save the file as UTF-8")


def decode(data: bytes, codec: str) -> str:
    """Text of bytes whose codec `find_encoding` found."""
    return data.decode(codec)


def _first_failure(stream: BinaryIO, codec: str) -> int | None:
    """Position of the first byte that the codec refuses (give or take a character); leaves the stream at its start."""
    decoder = codecs.getincrementaldecoder(codec)()
    position = 0
    try:
        for chunk in _chunks(stream):
            decoder.decode(chunk)
            position += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return max(0, position + error.start)
    finally:
        stream.seek(0)
    return None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _around(stream: BinaryIO, position: int) -> bytes:
    """Bytes from the line in which the first strange byte stands."""
    stream.seek(max(0, position - 256))
    data = stream.read(SAMPLE)
    stream.seek(0)
    skipped = data.find(b"\n", 0, min(256, position))
    return data[skipped + 1 :]


def _likeness(sample: bytes, codec: str) -> float:
    """How usual the characters are, in [0, 2]; -1 where the codec refuses the sample (its cut end apart)."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(sample)
    except UnicodeDecodeError:
        return -1.0
    strange = [char for char in text if ord(char) > 127]
    if not strange:
        return 0.0
    usual = sum(_is_usual(char, codec) for char in strange)
    frequent = sum(char in FREQUENT[codec] for char in strange)
    return (usual + frequent) / len(strange)


def _is_usual(char: str, codec: str) -> bool:
    """First level of GB 2312 (3,755 characters) or of Big5 (5,401 characters), and punctuation."""
    try:
        data = char.encode("gb2312" if codec == "gb18030" else "big5")
    except UnicodeEncodeError:
        return False
    if len(data) != 2:
        return False
    if codec == "gb18030":
        return data[0] in (0xA1, 0xA3) or 0xB0 <= data[0] <= 0xD7
    return data[0] == 0xA1 or 0xA4 <= data[0] <= 0xC6
