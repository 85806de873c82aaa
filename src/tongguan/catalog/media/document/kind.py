"""The registered member for documents: pages, size, and whether there are words or only scanned pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.libraries import load

SUFFIXES = frozenset({".pdf"})
MOST_BYTES = 512 * 2**20
MOST_PAGES = 5000
SHOWN = 400
LOOKED_AT = 3


class DocumentType:
    """Contract of `MediaType` for `document`."""

    id = "document"
    title: Mapping[str, str] = {"en": "Document", "zh": "文档"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("pages", "characters")
    limits = "512 MiB, 5,000 pages; no password"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Pages, and the size of the first in points (1/72 inch) after its rotation."""
        return _facts(_opened(stream), {})

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Takes the words of every page: a scanned page has none."""
        book = _opened(stream)
        counts = [len(_words(book, page)) for page in range(len(book.pages))]
        scanned = sum(count == 0 for count in counts)
        return _facts(book, {"characters": sum(counts), "pages_without_words": scanned})

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first words of the first pages."""
        book = _opened(stream)
        pages = range(min(LOOKED_AT, len(book.pages)))
        return Preview(text="\n".join(filter(None, (_words(book, page) for page in pages)))[:SHOWN])


def _opened(stream: BinaryIO) -> Any:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(1024)
    stream.seek(max(0, size - 2048))
    tail = stream.read(2048)
    stream.seek(0)
    if not head:
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    if b"%PDF-" not in head:
        raise MediaProblem("wrong_type", "the file is no PDF")
    if b"%%EOF" not in tail:
        raise MediaProblem("truncated", "the PDF's end is missing")
    if size > MOST_BYTES:
        raise MediaProblem("unreadable", f"{size:,} bytes: a PDF of at most {MOST_BYTES:,} is read")
    library = load("pypdf", "a PDF")
    try:
        book = library.PdfReader(stream)
        locked = book.is_encrypted and not book.decrypt("")
        pages = 0 if locked else len(book.pages)
    except Exception as error:
        raise MediaProblem("unreadable", f"the PDF is damaged: {str(error)[:160]}") from error
    if locked:
        raise MediaProblem("unreadable", "the PDF is locked with a password: unlock it first")
    if not 0 < pages <= MOST_PAGES:
        raise MediaProblem("unreadable", f"{pages:,} pages: 1 to {MOST_PAGES:,} are read")
    return book


def _words(book: Any, page: int) -> str:
    try:
        return str(book.pages[page].extract_text() or "").strip()
    except Exception as error:
        raise MediaProblem("unreadable", f"page {page + 1} is damaged: {str(error)[:160]}") from error


def _facts(book: Any, counts: dict[str, int]) -> MediaFacts:
    try:
        box = book.pages[0].mediabox
        turned = int(book.pages[0].rotation) % 180 != 0
        size = (round(float(box.width)), round(float(box.height)))
        version = str(book.pdf_header).removeprefix("%PDF-")
    except Exception as error:
        raise MediaProblem("unreadable", f"the first page is damaged: {str(error)[:160]}") from error
    width, height = size[::-1] if turned else size
    details = {"pages": len(book.pages), "version": version, "locked": bool(book.is_encrypted), **counts}
    return MediaFacts("document", "PDF", "application/pdf", width, height, details)
