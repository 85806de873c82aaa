"""Reading one picture: hash, header, measurements, and what a browser needs to show it."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem
from tongguan.catalog.media.image import preview, probe, verify

FILE_LIMIT = 2**30
THUMB_SIDES = (480, 160)
PREVIEW_SIDE = 4096
# What browsers show by themselves, EXIF rotation included.
SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"})
# Above this a picture is decoded alone, so that memory stays bounded whatever a batch holds.
LARGE_PIXELS = 40_000_000
alone = threading.Lock()

Measure = Callable[[bytes, str, str], dict[str, Any]]


def _decode_only(data: bytes, name: str, _sha256: str) -> dict[str, Any]:
    verify(data, name)
    return {}


_measure: list[Measure] = [_decode_only]


def use_measure(function: Measure) -> None:
    """Sets what is measured on every picture that is read. The stage prepare, which knows the checks, sets it.

    The function gets bytes, name and SHA-256, decodes all of the picture once, and raises MediaProblem if that fails.
    """
    _measure[:] = [function]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was read. `thumbs` holds JPEGs by longest side; `preview` is set where browsers need one."""

    sha256: str
    data: bytes
    media_type: str
    width: int
    height: int
    measurement: dict[str, Any]
    thumbs: dict[int, bytes] = field(default_factory=dict)
    preview: bytes | None = None


class Unusable(Exception):
    """A file that cannot be an item: the check that it fails, and words."""

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(detail)
        self.check = check
        self.detail = detail


def read_bytes(stream: BinaryIO, name: str) -> bytes:
    """All bytes of a file. Unusable when it is empty, too large, or cannot be read."""
    try:
        with stream:
            data = stream.read(FILE_LIMIT + 1)
    except OSError as error:
        if error.errno is not None and error.filename is None and not isinstance(error, FileNotFoundError):
            raise  # the machine's trouble: the batch stops and can be resumed
        raise Unusable("unreadable", f"{name}: {error}") from error
    if not data:
        raise Unusable("unreadable", "the file is empty (0 bytes)")
    if len(data) > FILE_LIMIT:
        raise Unusable("unreadable", f"the file has more than {FILE_LIMIT:,} bytes")
    return data


def read_picture(data: bytes, name: str) -> Picture:
    """Facts, measurements and previews of a picture. Unusable when there is nothing that could be labelled.

    A picture whose data ends early, or whose name promises another type, is kept with `problem` in its measurement:
    a person may decide to use it.
    """
    facts, found = _facts(data, name)
    large = facts.width * facts.height > LARGE_PIXELS
    if large:
        with alone:
            return _measured(data, name, facts, found)
    return _measured(data, name, facts, found)


def _facts(data: bytes, name: str) -> tuple[MediaFacts, MediaProblem | None]:
    try:
        return probe(io.BytesIO(data), name), None
    except MediaProblem as problem:
        if problem.check != "wrong_type":
            raise Unusable(problem.check, problem.detail) from problem
        try:
            return probe(io.BytesIO(data), ""), problem  # a picture under a wrong suffix
        except MediaProblem:
            raise Unusable(problem.check, problem.detail) from problem


def _measured(data: bytes, name: str, facts: MediaFacts, found: MediaProblem | None) -> Picture:
    measurement: dict[str, Any] = {}
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        measurement = _measure[0](data, "" if found else name, sha256)
    except MediaProblem as problem:
        if problem.check != "truncated":
            raise Unusable(problem.check, problem.detail) from problem
        found = problem
    if found is not None:
        measurement["problem"] = {"check": found.check, "detail": found.detail}
    thumbs, shown = ({}, None) if found is not None and found.check == "truncated" else _previews(data, facts)
    return Picture(
        sha256=sha256,
        data=data,
        media_type=facts.mime,
        width=facts.width,
        height=facts.height,
        measurement=measurement,
        thumbs=thumbs,
        preview=shown,
    )


def _previews(data: bytes, facts: MediaFacts) -> tuple[dict[int, bytes], bytes | None]:
    """Thumbnails of pictures that are larger than one, and a preview of those that browsers cannot show."""
    longest = max(facts.width, facts.height)
    shown_as_is = facts.mime in SHOWN_BY_BROWSERS and longest <= PREVIEW_SIDE
    if shown_as_is and longest <= THUMB_SIDES[0]:
        return {}, None
    try:
        shown = None if shown_as_is else preview(data, PREVIEW_SIDE)
        thumbs: dict[int, bytes] = {}
        source = shown or data
        for side in THUMB_SIDES:
            thumbs[side] = source = preview(source, side)
    except MediaProblem:
        return {}, None  # it was decoded for the measurements, so a list without thumbnail is all that is lost
    return thumbs, shown
