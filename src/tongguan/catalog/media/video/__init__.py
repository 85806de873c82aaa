"""Video: MP4, MOV, MKV, WebM, AVI, MPEG; needs the extra `video`."""

from __future__ import annotations

from tongguan.catalog.media.video.frames import Frame, frame_table
from tongguan.catalog.media.video.kind import SUFFIXES, VideoType

__all__ = ["SUFFIXES", "Frame", "VideoType", "frame_table"]
