"""The exact frame table of a video: one row for each frame in the order in which people see them.

Packets carry the time at which their frame is shown; with B-frames they are stored in another order, so the table is
sorted by that time, and a frame's number is its place in it. Nothing is decoded. Where packets carry no time (AVI), the
time of decoding stands for it if the codec stores frames in order; else the frames are decoded once to learn it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.libraries import load

MOST_FRAMES = 10_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """`number` from 0; `seconds` since the first; `key`: decoding can begin here; `stored`: its place in the file."""

    number: int
    seconds: float
    key: bool
    stored: int


def frame_table(stream: BinaryIO) -> list[Frame]:
    """Every frame of the first video stream. Raises MediaProblem, also with what to install."""
    with opened(stream) as container:
        return table_of(container)


def opened(stream: BinaryIO) -> Any:
    """The opened container. Raises MediaProblem."""
    if not stream.read(1):
        raise MediaProblem("unreadable", "the file is empty (0 bytes)")
    stream.seek(0)
    library = load("av", "video")
    try:
        container = library.open(stream, metadata_errors="replace")
    except Exception as error:
        cut = "moov" in str(error).lower() or "end of file" in str(error).lower()
        words = "the video's index is missing: it was cut" if cut else f"no video that can be read ({str(error)[:120]})"
        raise MediaProblem("truncated" if cut else "wrong_type", words) from error
    if not container.streams.video:
        container.close()
        raise MediaProblem("wrong_type", "the file holds no pictures, only sound or data")
    return container


def table_of(container: Any) -> list[Frame]:
    """The frame table of an opened container."""
    stream = container.streams.video[0]
    shown: list[tuple[int, bool]] = []
    timed = True
    try:
        for packet in container.demux(stream):
            if packet.size == 0 or getattr(packet, "is_discard", False):
                continue
            timed = timed and packet.pts is not None
            shown.append((packet.pts if packet.pts is not None else packet.dts or len(shown), bool(packet.is_keyframe)))
            if len(shown) > MOST_FRAMES:
                raise MediaProblem("unreadable", f"more than {MOST_FRAMES:,} frames: part the video")
        if not timed and getattr(stream.codec_context, "has_b_frames", False):
            return _decoded(container, stream)
    except MediaProblem:
        raise
    except Exception as error:
        raise MediaProblem("unreadable", f"the video's packets are damaged: {str(error)[:120]}") from error
    if not shown:
        raise MediaProblem("truncated", "the video holds no frame")
    base = float(stream.time_base)
    order = sorted(range(len(shown)), key=lambda at: (shown[at][0], at))
    first = shown[order[0]][0]
    return [Frame(number, (shown[at][0] - first) * base, shown[at][1], at) for number, at in enumerate(order)]


def _decoded(container: Any, stream: Any) -> list[Frame]:
    container.seek(0)
    times = [(frame.time, bool(frame.key_frame)) for frame in container.decode(stream)]
    first = next((time for time, _ in times if time is not None), 0.0)
    rate = float(stream.average_rate or 25)
    return [
        Frame(at, (time - first) if time is not None else at / rate, key, at) for at, (time, key) in enumerate(times)
    ]
