"""The registered member for video. PyAV decodes; it is only in the extra `video`, and its absence is said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.image.decode import MAX_PIXELS, MAX_SIDE
from tongguan.catalog.media.video.frames import Frame, opened, table_of

SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg"})
MIMES = {"mp4": "video/mp4", "mov": "video/quicktime", "matroska": "video/x-matroska", "webm": "video/webm",
         "avi": "video/x-msvideo", "mpeg": "video/mpeg"}  # fmt: skip


class VideoType:
    """Contract of `MediaType` for `video`."""

    id = "video"
    title: Mapping[str, str] = {"en": "Video", "zh": "视频"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("seconds", "frames", "rate")
    limits = "500 megapixels a frame, 10 million frames"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Size after rotation, codec, seconds and rate as the header says; frames where it says so."""
        with opened(stream) as container:
            return _facts(container, name, {})

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """The exact frame table from the packets, then every frame decoded: fewer is `truncated`."""
        with opened(stream) as container:
            table = table_of(container)
        stream.seek(0)
        with opened(stream) as container:
            facts = _facts(container, name, rhythm(table))
            decoded = _decode_all(container)
        if decoded < len(table):
            raise MediaProblem("truncated", f"{decoded:,} frames can be decoded, the file lists {len(table):,}")
        return facts

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first frame."""
        with opened(stream) as container:
            _facts(container, name, {})
            try:
                frame = next(container.decode(container.streams.video[0]))
                picture = frame.to_image()
            except (StopIteration, OSError, ValueError) as error:
                raise MediaProblem("unreadable", f"the first frame cannot be decoded: {str(error)[:120]}") from error
        turned = _turned(frame)
        picture = picture.rotate(turned, expand=True) if turned else picture
        picture.thumbnail((longest, longest))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=80)
        return Preview(out.getvalue())


def rhythm(table: list[Frame]) -> dict[str, Any]:
    """Frames, keyframes, seconds, the median rate, whether it varies by more than 1 %, and whether frames are stored in
    another order than shown (B-frames)."""
    times = np.array([frame.seconds for frame in table])
    steps = np.diff(times)
    step = float(np.median(steps)) if len(steps) else 0.0
    varies = bool(len(steps) and step and np.abs(steps - step).max() > max(0.002, 0.01 * step))
    return {
        "frames": len(table),
        "keyframes": sum(frame.key for frame in table),
        "seconds": round(float(times[-1] + step), 6),
        "rate": round(1 / step, 4) if step else 0.0,
        "variable_rate": varies,
        "b_frames": any(frame.stored != frame.number for frame in table),
    }


def _facts(container: Any, name: str, exact: dict[str, Any]) -> MediaFacts:
    stream = container.streams.video[0]
    width, height = int(stream.codec_context.width), int(stream.codec_context.height)
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaProblem("unreadable", f"frames of {width:,} x {height:,} px: refused")
    if abs(int(stream.metadata.get("rotate", 0) or 0)) % 180 == 90:
        width, height = height, width
    format_ = str(container.format.name).split(",")[0]
    ending = name.rpartition(".")[2].lower()
    kind = "mp4" if ending in ("mp4", "m4v") and format_ == "mov" else format_
    seconds = float(container.duration) / 1e6 if container.duration else None
    details = {
        "seconds": seconds,
        "rate": round(float(stream.average_rate), 4) if stream.average_rate else None,
        "frames": int(stream.frames) or None,
        "codec": str(stream.codec_context.name),
        "sound": bool(container.streams.audio),
        **exact,
    }
    return MediaFacts("video", kind, MIMES.get(kind, "application/octet-stream"), width, height, details)


def _decode_all(container: Any) -> int:
    count = 0
    try:
        for _ in container.decode(container.streams.video[0]):
            count += 1
    except Exception as error:
        raise MediaProblem("truncated", f"decoding ends after {count:,} frames: {str(error)[:120]}") from error
    return count


def _turned(frame: Any) -> int:
    return -int(getattr(frame, "rotation", 0) or 0) % 360
