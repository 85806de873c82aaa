"""Reading label files: limits and encodings in one place, so that every error names the file and the remedy."""

from __future__ import annotations

from tongguan.catalog.formats.base import ReadError, Tree

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
            data = stream.read(limit + 1)
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
    if any(0xD800 <= ord(char) <= 0xDFFF for char in name):
        return "the label's name holds half a character (a lone surrogate)"
    return None
