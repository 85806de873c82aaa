"""The registered member: what every media type offers, for pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts, Preview
from tongguan.catalog.media.image import decode
from tongguan.catalog.media.image import probe as _probe


class ImageType:
    """Contract of `MediaType` for `image`."""

    id = "image"
    title: Mapping[str, str] = {"en": "Picture", "zh": "图片"}
    suffixes = _probe.SUFFIXES
    figures: tuple[str, ...] = ("pages", "bits")
    limits = "500 megapixels, 60,000 px a side, 1,000 pages"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Facts from the header; of several pages (TIFF) the size is the first one's."""
        return _probe.probe(stream, name)

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Facts, after decoding everything once, every page included."""
        return _probe.verify(stream.read(), name)

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """A small upright JPEG of the first page."""
        return Preview(decode.preview(stream.read(), longest))
