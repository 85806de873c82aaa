"""Reading label files: limits and encodings in one place, so that every error names the file and the remedy."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from tongguan.catalog.formats.base import ReadError, Tree

LONGEST_LINE = 2**26
TEXT_LIMIT = 64 * 2**20
JSON_LIMIT = 4 * 2**30
LONGEST_NAME = 200


def read_bytes(tree: Tree, path: str, limit: int = TEXT_LIMIT) -> bytes:
    """All bytes of a label file. Raises ReadError when it is absent, damaged, or larger than `limit`."""
    try:
        size = tree.size(path)
        if size > limit:
            raise ReadError(f"{path}: {size:,} bytes, a label file of at most {limit:,} is read")
        with tree.open(path) as stream:
            # A buffer of the limit for each of many small files would cost more than reading them.
            data = stream.read(size + 1)
            if len(data) > size:
                data += stream.read(limit + 1 - len(data))
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error})") from error
    if len(data) > limit:
        raise ReadError(f"{path}: more than {limit:,} bytes")
    return data


def read_head(tree: Tree, path: str, size: int = 65536) -> bytes:
    """The first bytes of a file; empty when it cannot be read (sniffing never fails)."""
    try:
        with tree.open(path) as stream:
            return stream.read(size)
    except OSError:
        return b""


def decode(data: bytes, path: str) -> str:
    """Text of a label file: UTF-8 or UTF-16 with mark, UTF-8, else GB18030 (older Chinese tools).

    Raises ReadError with the position of the first byte that fits neither.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    position = 0
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            position = max(position, error.start)
    raise ReadError(f"{path}: byte {position + 1} is neither UTF-8 nor GB18030; save the file as UTF-8")


def read_text(tree: Tree, path: str, limit: int = TEXT_LIMIT) -> str:
    """`decode(read_bytes(...))`."""
    return decode(read_bytes(tree, path, limit), path)


def name_problem(name: object) -> str | None:
    """Why a text cannot be the name of a label class, or None."""
    if not isinstance(name, str) or not name.strip():
        return "the label has no name"
    if len(name) > LONGEST_NAME:
        return f"the label's name has {len(name):,} characters, at most {LONGEST_NAME} are allowed"
    if not name.isascii() and any(0xD800 <= ord(char) <= 0xDFFF for char in name):
        return "the label's name holds half a character (a lone surrogate)"
    return None


def encoding_of(head: bytes) -> str:
    """The codec of a label file by its first bytes: UTF-16 with mark, UTF-8 with or without mark, else GB18030."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def read_lines(tree: Tree, path: str, *, carriage: bool = False) -> Iterator[tuple[int, str]]:
    """(number from 1, line without its end) of a text file of any size, as it is read.

    Only LF and CRLF end a line; with `carriage` the CR stays. Raises ReadError that names file and line where the
    encoding breaks.
    """
    number = 0
    try:
        with tree.open(path) as stream:
            head = stream.read(65536)
            decoder = codecs.getincrementaldecoder(encoding_of(head))()
            rest, data = "", head
            while True:
                pieces = (rest + decoder.decode(data, final=not data)).split("\n")
                rest = pieces.pop()
                for piece in pieces:
                    number += 1
                    yield number, piece if carriage else piece.removesuffix("\r")
                if not data:
                    break
                if len(rest) > LONGEST_LINE:
                    raise ReadError(f"{path} line {number + 1}: longer than {LONGEST_LINE:,} characters")
                data = stream.read(65536)
            if rest:
                yield number + 1, rest if carriage else rest.removesuffix("\r")
    except UnicodeDecodeError as error:
        raise ReadError(f"{path} line {number + 1}: neither UTF-8 nor GB18030; save the file as UTF-8") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error})") from error
