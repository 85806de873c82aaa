"""The registered member: what every media type offers, for pictures."""

from __future__ import annotations

from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts
from tongguan.catalog.media.image import decode
from tongguan.catalog.media.image import probe as _probe


class ImageType:
    """Contract of `MediaType` for `image`."""

    id = "image"
    suffixes = _probe.SUFFIXES

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Facts from the header."""
        return _probe.probe(stream, name)

    def verify(self, data: bytes, name: str) -> MediaFacts:
        """Facts, after decoding everything once."""
        return _probe.verify(data, name)

    def preview(self, data: bytes, longest: int) -> bytes:
        """A small upright JPEG."""
        return decode.preview(data, longest)
