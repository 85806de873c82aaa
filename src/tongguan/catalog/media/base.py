"""What every media type shares: what a probe finds, and how a broken file is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol


class MediaProblem(Exception):
    """A file that cannot be used: `check` is the id of the check that it fails, the message says what is wrong."""

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(detail)
        self.check = check
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the header of a file says. Width and height are in pixels as people see it, after EXIF rotation."""

    media: str
    format: str
    mime: str
    width: int
    height: int


class MediaType(Protocol):
    """The contract of one folder `catalog/media/<type>/`, checked for every member of the registry."""

    id: str
    suffixes: frozenset[str]

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Facts from the header, without decoding. Raises MediaProblem: unreadable, truncated or wrong_type."""

    def verify(self, data: bytes, name: str) -> MediaFacts:
        """As `probe`, and decodes everything once, so that damage anywhere in the file is found."""

    def preview(self, data: bytes, longest: int) -> bytes:
        """A small JPEG for lists, at most `longest` pixels on its longer side. Raises MediaProblem."""
