"""One result of Label Studio as a label: regions in per cent of the picture, spans, segments of sound, choices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.masks import mask_of_pixels
from tongguan.catalog.labels.base import AttributeValue

REGIONS = {
    "rectanglelabels": "box",
    "rectangle": "box",
    "polygonlabels": "polygon",
    "polygon": "polygon",
    "keypointlabels": "points",
    "keypoint": "points",
    "ellipselabels": "ellipse",
    "ellipse": "ellipse",
    "brushlabels": "mask",
    "brush": "mask",
    "labels": "span",
    "hypertextlabels": "span",
    "videorectangle": "track",
    "timeserieslabels": "interval",
    "paragraphlabels": "span",
}
# Values of a region or of the whole item beside its shape.
VALUES = ("choices", "taxonomy", "textarea", "rating", "number", "datetime")


class Results:
    """All results of one person on one item; results of one id belong to one region."""

    def __init__(self, raw: Sequence[Any], size: tuple[int, int] | None) -> None:
        self.results = [one for one in raw if isinstance(one, dict)]
        self.size = size
        self.regions = {one.get("id") for one in self.results if one.get("type") in REGIONS}

    def fill(self, marks: ItemMarks) -> None:
        """Adds every label."""
        for one in self.results:
            kind = str(one.get("type"))
            if kind in REGIONS:
                self._region(one, kind, marks)
            elif kind == "relation":
                _relation(one, marks)
            elif kind not in VALUES:
                marks.unsupported("item", f"a result of type {kind[:40]} is not read")
            elif one.get("id") not in self.regions or one.get("id") is None:
                _whole(one, kind, marks)

    def _attributes(self, identity: object) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue] = {}
        for one in self.results:
            kind = str(one.get("type"))
            if identity is not None and one.get("id") == identity and kind in VALUES:
                said = values(one, kind)
                if said:
                    found[str(one.get("from_name") or kind)] = said[0] if len(said) == 1 else said
        return found

    def _region(self, one: dict[str, Any], type_: str, marks: ItemMarks) -> None:
        said = one.get("value")
        value = said if isinstance(said, dict) else {}
        kind = REGIONS[type_]
        if type_ == "labels" and not isinstance(value.get("text"), str) and "duration" not in value:
            sound = isinstance(value.get("start"), float) or "channel" in value
        else:
            sound = type_ == "labels" and not isinstance(value.get("text"), str)
        kind = "sound_segment" if sound else kind
        classes = next((value[key] for key in (type_, "labels") if isinstance(value.get(key), list)), None)
        given = self._attributes(one.get("id"))
        names = [str(name) for name in classes] if classes else [str(one.get("from_name") or kind)]
        if len(names) > 1:
            given["labels"] = names
        score = number(one.get("score"))
        try:
            shape = self._shape(kind, type_, one, value, given)
        except shapes.Unreadable as error:
            marks.refuse(kind, str(error))
            return
        marks.add(names[0], shape, given, score if 0 <= score <= 1 else None, str(one.get("id") or ""))

    def _shape(
        self, kind: str, type_: str, one: dict[str, Any], value: dict[str, Any], given: dict[str, AttributeValue]
    ) -> shapes.Shape:
        if kind == "span":
            start, end = (number(value.get(key)) for key in ("start", "end"))
            offsets = value.get("globalOffsets")
            if isinstance(offsets, dict):
                start, end = number(offsets.get("start")), number(offsets.get("end"))
            if not (math.isfinite(start) and math.isfinite(end)):
                raise shapes.Unreadable("start and end are no whole numbers")
            return "span", {"start": int(start), "end": int(end), "text": str(value.get("text") or "")}
        if kind == "sound_segment":
            fields: dict[str, Any] = {key: number(value.get(key)) for key in ("start", "end")}
            if isinstance(value.get("channel"), int):
                fields["channel"] = value["channel"]
            text = given.pop("transcription", None)
            return kind, {**fields, "transcript": text if isinstance(text, str) else ""}
        if kind == "interval":
            return kind, {key: number(value.get(key)) for key in ("start", "end")}
        sized = [number(one.get(key)) for key in ("original_width", "original_height")]
        size = (int(sized[0]), int(sized[1])) if all(math.isfinite(part) and part > 0 for part in sized) else self.size
        if kind == "track":
            return _track(value, size)
        if size is None:
            raise shapes.Unreadable("the picture's size is not known, so that per cents have none")
        return _SHAPES[kind](value, size)


def values(one: dict[str, Any], kind: str) -> list[str]:
    """The texts of a choice, a taxonomy (its path joined with /), a text, a rating or a number."""
    value = one.get("value")
    raw = value.get("text" if kind == "textarea" else kind) if isinstance(value, dict) else None
    found = raw if isinstance(raw, list) else [] if raw is None else [raw]
    return ["/".join(map(str, each)) if isinstance(each, list) else str(each) for each in found]


def _whole(one: dict[str, Any], kind: str, marks: ItemMarks) -> None:
    name = str(one.get("from_name") or kind)
    for text in values(one, kind):
        if kind in ("choices", "taxonomy"):
            marks.class_(text)
        elif kind == "rating":
            marks.add(name, ("rating", {"value": number(text), "low": 0, "high": max(5.0, number(text))}))
        else:
            marks.add(name, ("text_answer", {"text": text}))


def _relation(one: dict[str, Any], marks: ItemMarks) -> None:
    names = one.get("labels") or ["relation"]
    fields = {"source": str(one.get("from_id") or ""), "target": str(one.get("to_id") or "")}
    marks.add(str(names[0]), ("relation", {**fields, "directed": one.get("direction") != "bi"}))


def _part(value: dict[str, Any], size: tuple[int, int]) -> tuple[float, float, float, float]:
    across, down = size[0] / 100, size[1] / 100
    x, y, width, height = (number(value.get(key)) for key in ("x", "y", "width", "height"))
    return x * across, y * down, width * across, height * down


def rectangle(value: dict[str, Any], size: tuple[int, int]) -> shapes.Shape:
    """Turned about its top left corner, clockwise."""
    x, y, width, height = _part(value, size)
    turn = number(value.get("rotation") or 0)
    if turn % 360 == 0:
        return shapes.box(x, y, width, height)
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    cx, cy = x + width / 2 * cos - height / 2 * sin, y + width / 2 * sin + height / 2 * cos
    return shapes.rotated_box(cx, cy, width, height, turn)


def _polygon(value: dict[str, Any], size: tuple[int, int]) -> shapes.Shape:
    places = [(x * size[0] / 100, y * size[1] / 100) for x, y in shapes.point_list(value.get("points"))]
    return shapes.polyline(places) if value.get("closed") is False else shapes.polygon(places)


def _ellipse(value: dict[str, Any], size: tuple[int, int]) -> shapes.Shape:
    across, down = size[0] / 100, size[1] / 100
    x, y, rx, ry = (number(value.get(key)) for key in ("x", "y", "radiusX", "radiusY"))
    return shapes.ellipse(x * across, y * down, rx * across, ry * down, number(value.get("rotation") or 0))


def _mask(value: dict[str, Any], size: tuple[int, int]) -> shapes.Shape:
    raw = value.get("rle")
    if value.get("format", "rle") != "rle" or not isinstance(raw, list):
        raise shapes.Unreadable("a brush without run lengths (rle)")
    if not all(isinstance(byte, int) and 0 <= byte <= 255 for byte in raw):
        raise shapes.Unreadable("the run lengths are no bytes")
    flat = unpack(bytes(raw), size[0] * size[1] * 4)
    return mask_of_pixels(flat.reshape(size[1], size[0], 4)[..., 3] > 127)


def _points(value: dict[str, Any], size: tuple[int, int]) -> shapes.Shape:
    x, y, _, _ = _part(value, size)
    return shapes.points([(x, y)])


def _track(value: dict[str, Any], size: tuple[int, int] | None) -> shapes.Shape:
    if size is None:
        raise shapes.Unreadable("the video's size is not known (original_width), so that per cents have none")
    frames = []
    for one in value.get("sequence") or []:
        frame = number(one.get("frame")) if isinstance(one, dict) else math.nan
        if not frame >= 1:
            raise shapes.Unreadable("a keyframe has no frame from 1 on")
        kind, fields = rectangle(one, size)
        # Label Studio counts from 1. What follows a keyframe that is switched off is not in view.
        frames.append(
            {"frame": int(frame) - 1, "shape": {"kind": kind, **fields}, "outside": one.get("enabled") is False}
        )
    return "track", {"keyframes": sorted(frames, key=lambda one: int(str(one["frame"])))}


_SHAPES: dict[str, Callable[[dict[str, Any], tuple[int, int]], shapes.Shape]] = {
    "box": rectangle,
    "polygon": _polygon,
    "points": _points,
    "ellipse": _ellipse,
    "mask": _mask,
}


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8))
        self._at = 0

    def take(self, count: int) -> int:
        piece = self._bits[self._at : self._at + count]
        if len(piece) < count:
            raise shapes.Unreadable("the run lengths end early")
        self._at += count
        return int(piece @ (1 << np.arange(count - 1, -1, -1)))


def unpack(data: bytes, expected: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Bytes of RGBA out of the run lengths of Label Studio's brush (the package thi.ng/rle-pack)."""
    bits = _Bits(data)
    total, word = bits.take(32), bits.take(5) + 1
    if total != expected:
        raise shapes.Unreadable(f"the run lengths are of {total // 4:,} pixels, the picture has {expected // 4:,}")
    sizes = [bits.take(4) + 1 for _ in range(4)]
    out = np.zeros(total, dtype=np.uint8)
    at = 0
    while at < total:
        repeated = bits.take(1)
        end = min(total, at + 1 + bits.take(sizes[bits.take(2)]))
        if repeated:
            out[at:end] = bits.take(word)
            at = end
        while at < end:
            out[at] = bits.take(word)
            at += 1
    return out


def pack(values_: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[int]:
    """The inverse of `unpack`, by runs of equal bytes."""
    changes = np.concatenate([[0], np.flatnonzero(np.diff(values_)) + 1, [len(values_)]])
    out = [f"{len(values_):032b}", f"{7:05b}", *(f"{size - 1:04b}" for size in (3, 4, 8, 16))]
    for start, end in zip(changes[:-1].tolist(), changes[1:].tolist(), strict=True):
        left = end - start
        while left > 0:
            piece = min(left, 65536)
            which, bits = next((at, size) for at, size in enumerate((3, 4, 8, 16)) if piece - 1 < 1 << size)
            out.append(f"1{which:02b}{piece - 1:0{bits}b}{int(values_[start]):08b}")
            left -= piece
    text = "".join(out)
    return list(int(text + "0" * (-len(text) % 8), 2).to_bytes((len(text) + 7) // 8, "big"))
