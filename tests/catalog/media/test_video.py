"""Exact frames of videos made here: B-frames, variable rate, cut files; skipped where PyAV is not installed."""

from __future__ import annotations

import io
import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tongguan.catalog.media import libraries
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.catalog.media.video import frame_table

av = pytest.importorskip("av", reason="PyAV comes with the extra `video`")
VIDEO = MEDIA_TYPES["video"]


def video(times: list[float], codec: str = "mpeg4", container: str = "mp4", b_frames: int = 0) -> bytes:
    """Frames of 64 x 48 px shown at these seconds."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=Fraction(1000))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.max_b_frames = b_frames
        stream.codec_context.gop_size = 12
        for at, time in enumerate(times):
            pixels = np.full((48, 64, 3), (at * 20) % 256, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


STEADY = [at * 0.04 for at in range(25)]


def test_facts_and_preview() -> None:
    data = video(STEADY)
    facts = VIDEO.probe(io.BytesIO(data), "a.mp4")
    assert (facts.width, facts.height, facts.format, facts.mime) == (64, 48, "mp4", "video/mp4")
    whole = VIDEO.verify(io.BytesIO(data), "a.mp4")
    assert whole.details["frames"] == 25
    assert whole.details["rate"] == pytest.approx(25, abs=0.5)
    assert not whole.details["variable_rate"]
    seen = VIDEO.preview(io.BytesIO(data), "a.mp4", 32).picture
    assert seen is not None
    assert Image.open(io.BytesIO(seen)).size == (32, 24)


def test_frames_with_b_frames_are_in_the_order_shown() -> None:
    table = frame_table(io.BytesIO(video(STEADY, b_frames=2)))
    assert [frame.number for frame in table] == list(range(25))
    assert [frame.seconds for frame in table] == pytest.approx(STEADY, abs=2e-3)
    assert any(frame.stored != frame.number for frame in table)
    assert table[0].key


def test_variable_rate() -> None:
    times = [0.0, 0.04, 0.08, 0.2, 0.24, 0.5, 0.54, 1.0]
    data = video(times)
    assert [frame.seconds for frame in frame_table(io.BytesIO(data))] == pytest.approx(times, abs=2e-3)
    assert VIDEO.verify(io.BytesIO(data), "a.mp4").details["variable_rate"]


def test_a_cut_and_an_empty_video() -> None:
    data = video(STEADY)
    for broken in (b"", data[: len(data) // 2], b"no video at all"):
        with pytest.raises(MediaProblem) as caught:
            VIDEO.verify(io.BytesIO(broken), "a.mp4")
        assert caught.value.check in ("unreadable", "truncated", "wrong_type")


def test_without_the_library_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MediaProblem, match=r"pip install 'tongguan\[video\]'"):
        VIDEO.probe(io.BytesIO(b"anything"), "a.mp4")
    with pytest.raises(KeyError):
        libraries.load("numpy.nothing", "a test")
