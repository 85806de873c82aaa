"""What every media type shares: what a probe finds, what a preview is, and how a broken file is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol


class MediaProblem(Exception):
    """A file that cannot be used: `check` is the id of the check that it fails, the message says what is wrong."""

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(detail)
        self.check = check
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the header of a file says. Width and height are in pixels as people see it, after rotation (0 where there is
    nothing to see). `details` holds what its media type knows besides: JSON values by name, such as `seconds`."""

    media: str
    format: str
    mime: str
    width: int = 0
    height: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """What lists show of a file: a small JPEG, or its first words."""

    picture: bytes | None = None
    text: str = ""


class MediaType(Protocol):
    """The contract of one folder `catalog/media/<type>/`, checked for every member of the registry.

    `title` names the type in `en` and `zh`; `figures` are the names of the details that are numbers, for ranges and
    histograms; `limits` says in words what is refused.
    """

    id: str
    title: Mapping[str, str]
    suffixes: frozenset[str]
    figures: tuple[str, ...]
    limits: str

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Facts from the header, without decoding. Raises MediaProblem: unreadable, truncated or wrong_type."""

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """As `probe`, and decodes everything once, so that damage anywhere in the file is found."""

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """What lists show; a picture has at most `longest` pixels on its longer side. Raises MediaProblem."""
