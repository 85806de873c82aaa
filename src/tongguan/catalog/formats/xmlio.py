"""XML of label files: parsed without entities, whole or child by child; text escaped on the way out."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, iterparse

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.text import decode, encoding_of

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["'][^>]*\?>""")
_ANY_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PROLOGUE = re.compile(rb"<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_CHINESE = ("gbk", "gb2312", "gb18030")
# XML 1.0 has no way to write these, not even as a reference.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TO_ESCAPE = re.compile('[\x00-\x1f&<>"\ufffe\uffff\ud800-\udfff]')


def body_of(head: bytes) -> bytes:
    """The first bytes of an XML file from its root element on."""
    ascii_head = head[2:].replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    return _PROLOGUE.sub(b"", ascii_head).lstrip(b"\xef\xbb\xbf \t\r\n")


def parse(data: bytes, path: str) -> Any | None:
    """The root element; None for an empty file. Raises ReadError with the line of the damage.

    The declared encoding is decoded here, since the parser itself knows no multi-byte encoding such as GBK.
    """
    if not data.strip():
        return None
    declared = _DECLARATION.match(data)
    text: str | None = None
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"utf-16"):
        encoding = declared.group(1).decode("ascii")
        try:
            text = data.decode("gb18030" if encoding.lower() in _CHINESE else encoding)
        except (LookupError, UnicodeDecodeError):
            text = None
    if text is None:
        text = decode(data, path)
    try:
        return fromstring(_ANY_DECLARATION.sub("", text.lstrip("\ufeff"), count=1), forbid_dtd=False)
    except (ParseError, DefusedXmlException, ExpatError, ValueError, RecursionError) as error:
        raise _broken(path, error) from error


def children(tree: Tree, path: str) -> Iterator[Any]:
    """Every finished child of the root, freed after its turn. Raises ReadError with the line of the damage."""
    try:
        with tree.open(path) as stream:
            depth, root = 0, None
            for event, element in iterparse(_Utf8(stream, path), ("start", "end"), forbid_dtd=False):
                if event == "start":
                    root = element if depth == 0 else root
                    depth += 1
                    continue
                depth -= 1
                if depth == 1 and root is not None:
                    yield element
                    root.clear()
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error})") from error
    except (ParseError, DefusedXmlException, ExpatError, ValueError, RecursionError) as error:
        raise _broken(path, error) from error


def _broken(path: str, error: Exception) -> ReadError:
    if isinstance(error, DefusedXmlException):
        return ReadError(f"{path}: declares entities, which are refused ({type(error).__name__})")
    return ReadError(f"{path}: not readable as XML: {error}")


class _Utf8(io.RawIOBase):
    """The file as UTF-8 without its declaration, whatever its own encoding is."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        super().__init__()
        head = stream.read(65536)
        declared = _DECLARATION.match(head)
        named = declared.group(1).decode("ascii").lower() if declared else ""
        wanted = "gb18030" if named in _CHINESE else named
        if not wanted or wanted in ("utf-8", "utf8", "utf-16"):
            wanted = encoding_of(head)
        try:
            self._decoder = codecs.getincrementaldecoder(wanted)()
        except LookupError:
            self._decoder = codecs.getincrementaldecoder(encoding_of(head))()
        self._stream, self._path = stream, path
        self._ready = _ANY_DECLARATION.sub("", self._decoded(head).lstrip("\ufeff"), count=1).encode()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most one chunk; the parser asks again."""
        while not self._ready:
            data = self._stream.read(65536)
            self._ready = self._decoded(data).encode("utf-8", "replace")
            if not data:
                break
        out, self._ready = (self._ready, b"") if size < 0 else (self._ready[:size], self._ready[size:])
        return out

    def _decoded(self, data: bytes) -> str:
        try:
            return self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise ReadError(f"{self._path}: neither UTF-8 nor GB18030; save the file as UTF-8") from error


def escape(text: str) -> str:
    """Text as XML content; line ends and tabs as references, since a parser would change them."""
    if not _TO_ESCAPE.search(text):
        return text
    text = FORBIDDEN.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
