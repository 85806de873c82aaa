"""Labels of every kind for a picture, a video, a text or a sound: drawn by Hypothesis, and compared with tolerance."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from tests.catalog.samples import MemoryTree, encoded
from tongguan.catalog.formats.base import Format, WriteItem
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.registry import LABEL_KINDS

WIDTH, HEIGHT = 64, 48
PICTURE = encoded(Image.new("L", (WIDTH, HEIGHT), 99), "PNG")
TREE = MemoryTree({"p.png": PICTURE, "v.mp4": b"not decoded here", "s.wav": b"RIFF", "c.pcd": b"# .PCD"})
TEXT = "今天 the plate 有裂纹 and 🧲 rust，换 it now."
FILES = {
    "image": ("p.png", ".png"),
    "video": ("v.mp4", ".mp4"),
    "sound": ("s.wav", ".wav"),
    "point_cloud": ("c.pcd", ".pcd"),
}
# The media types that a kind is drawn on, the likeliest first.
ON = {
    "track": ("video",),
    "cuboid": ("point_cloud", "image"),
    "point_segment": ("point_cloud",),
    "span": ("text",),
    "relation": ("text",),
    "sound_segment": ("sound",),
    "turn_edit": ("conversation",),
    "preference": ("conversation",),
    "rating": ("conversation", "text"),
    "ranking": ("conversation",),
    "cell": ("table",),
}
ROW = '{"CA-125":"*946.938","lot":"007","depth":1.5,"rolls":12,"note":"第三卷, \\"wet\\"","blank":null}'
TALK = {
    "turns": [{"role": "user", "text": "哪一卷有裂纹?\n<b>第三卷</b>"}],
    "answers": [{"key": "chosen", "text": "third"}, {"key": "rejected", "text": '"none"'}],
}
ANY = ("image", "text", "sound", "conversation", "table", "video", "point_cloud")
ORDER = ("box", "rotated_box", "polygon", "mask", "skeleton", "span", "class", "sound_segment", "track", "cuboid")


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """With three decimals, so that no format is asked for more digits than it writes."""
    return st.integers(round(low * 1000), round(high * 1000)).map(lambda value: value / 1000)


@st.composite
def places(draw: st.DrawFn, count: int) -> list[tuple[float, float]]:
    """Points of a picture, no two of one place."""
    found = st.tuples(numbers(0, WIDTH), numbers(0, HEIGHT))
    return draw(st.lists(found, min_size=count, max_size=count, unique=True))


def fields(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Fields of a kind's schema."""
    return _FIELDS[kind](draw)


def _box(draw: st.DrawFn) -> dict[str, Any]:
    x, y = draw(numbers(0, WIDTH - 1)), draw(numbers(0, HEIGHT - 1))
    return {"x": x, "y": y, "width": draw(numbers(0.01, WIDTH - x)), "height": draw(numbers(0.01, HEIGHT - y))}


def _rotated_box(draw: st.DrawFn) -> dict[str, Any]:
    width, height = draw(numbers(4, 20)), draw(numbers(4, 20))
    cx, cy = draw(numbers(16, 40)), draw(numbers(16, 30))
    return {"cx": cx, "cy": cy, "width": width, "height": height, "angle": draw(numbers(1, 179))}


def _ellipse(draw: st.DrawFn) -> dict[str, Any]:
    rx, ry = draw(numbers(2, 12)), draw(numbers(2, 12))
    return {"cx": draw(numbers(13, 40)), "cy": draw(numbers(13, 30)), "rx": rx, "ry": ry, "angle": 0}


def _mask(draw: st.DrawFn) -> dict[str, Any]:
    pixels = np.random.default_rng(draw(st.integers(0, 2**16))).random((HEIGHT, WIDTH)) < 0.05
    pixels[0, 0] = True
    return {"size": (HEIGHT, WIDTH), "counts": rle.compress(rle.encode(pixels))}


def _skeleton(draw: st.DrawFn) -> dict[str, Any]:
    names = ("head", "tail", "fin")
    points = [
        {"name": name, "x": x, "y": y, "visible": draw(st.sampled_from((1, 2)))}
        for name, (x, y) in zip(names, draw(places(3)), strict=True)
    ]
    return {"points": points}


def _track(draw: st.DrawFn) -> dict[str, Any]:
    frames = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=4)))
    return {"keyframes": [{"frame": frame, "shape": {"kind": "box", **_box(draw)}} for frame in frames]}


def _cuboid(draw: st.DrawFn) -> dict[str, Any]:
    place = {key: draw(numbers(1, 30)) for key in ("x", "y", "z")}
    size = {key: draw(numbers(0.1, 9)) for key in ("length", "width", "height")}
    return {**place, **size, "yaw": draw(numbers(-3, 3))}


def _span(draw: st.DrawFn) -> dict[str, Any]:
    inside = [at for at, sign in enumerate(TEXT) if not sign.isspace()]
    start = draw(st.sampled_from(inside))
    end = 1 + draw(st.sampled_from([at for at in inside if at >= start]))
    return {"start": start, "end": end, "text": TEXT[start:end]}


def _sound(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(numbers(0, 5))
    return {"start": start, "end": start + draw(numbers(0.1, 3))}


_FIELDS: dict[str, Callable[[st.DrawFn], dict[str, Any]]] = {
    "class": lambda draw: {},
    "box": _box,
    "rotated_box": _rotated_box,
    "ellipse": _ellipse,
    "polygon": lambda draw: {"points": draw(places(5))},
    "polyline": lambda draw: {"points": draw(places(4))},
    "points": lambda draw: {"points": draw(places(3))},
    "mask": _mask,
    "skeleton": _skeleton,
    "track": _track,
    "cuboid": _cuboid,
    "span": _span,
    "sound_segment": _sound,
    "preference": lambda draw: {"first": "chosen", "second": "rejected", "choice": "first"},
    "relation": lambda draw: {"source": "T1", "target": "T1"},
    "cell": lambda draw: {"row": 1, "column": draw(st.sampled_from(("", "CA-125")))},
    "text_answer": lambda draw: {"text": draw(st.sampled_from(("hello", '轧辊 <1> & "2"')))},
}


def label(draw: st.DrawFn, format_: Format, kind: str, names: Sequence[str]) -> LabelRecord:
    """A label of a kind with one of the names; a track of the shape that the format holds."""
    made = {"label": draw(st.sampled_from(list(names))), **fields(draw, kind)}
    if getattr(format_, "shape", "box") == "mask":
        for frame in made["keyframes"]:
            frame["shape"] = {"kind": "mask", **_mask(draw)}
    return LABEL_KINDS[kind].schema.model_validate(made)


def plain(kind: str, name: str, format_: Format | None = None) -> LabelRecord:
    """One label of a kind that is always the same."""
    made = {"label": name, **PLAIN[kind]}
    if getattr(format_, "shape", "box") == "mask" and kind == "track":
        made["keyframes"] = [{"frame": 0, "shape": {"kind": "mask", **PLAIN["mask"]}}]
    return LABEL_KINDS[kind].schema.model_validate(made)


PLAIN: dict[str, dict[str, Any]] = {
    "class": {},
    "box": {"x": 1, "y": 2, "width": 5, "height": 6},
    "rotated_box": {"cx": 20, "cy": 20, "width": 10, "height": 6, "angle": 30},
    "ellipse": {"cx": 20, "cy": 20, "rx": 6, "ry": 4},
    "polygon": {"points": [(1, 1), (9, 1), (5, 7)]},
    "polyline": {"points": [(1, 1), (9, 1), (5, 7)]},
    "points": {"points": [(1, 1), (9, 1)]},
    "mask": {"size": (HEIGHT, WIDTH), "counts": [10, 5, HEIGHT * WIDTH - 15]},
    "skeleton": {"points": [{"name": "a", "x": 3, "y": 4}, {"name": "b", "x": 9, "y": 4}]},
    "track": {"keyframes": [{"frame": 0, "shape": {"kind": "box", "x": 1, "y": 2, "width": 3, "height": 4}}]},
    "cuboid": {"x": 1, "y": 2, "z": 3, "length": 4, "width": 2, "height": 1.5, "yaw": 0.3},
    "span": {"start": 3, "end": 6, "text": TEXT[3:6]},
    "sound_segment": {"start": 0.5, "end": 1.25},
    "text_answer": {"text": "hello"},
    "preference": {"first": "chosen", "second": "rejected", "choice": "first"},
    "cell": {"row": 1, "column": "CA-125", "value": "946.9"},
}


def primary(format_: Format) -> str:
    """The kind that a format is there for."""
    return next((kind for kind in (*ORDER, *sorted(format_.kinds)) if kind in format_.kinds), "")


def medium(format_: Format, kind: str) -> str:
    """The media type on which a format holds a kind."""
    return next(media for media in ON.get(kind, ANY) if media in format_.media)


def item(
    format_: Format,
    kind: str,
    labels: tuple[LabelRecord, ...] | None,
    name: str = "plate",
    side: str | None = None,
) -> WriteItem:
    """An item on which labels of a kind are drawn."""
    media = medium(format_, kind)
    if media in FILES:
        path, suffix = FILES[media]
        return WriteItem(name + suffix, TREE, path, WIDTH, HEIGHT, labels, side, media)
    if media == "table":
        return WriteItem(name, None, None, 0, 0, labels, side, media, ROW)
    if media != "conversation":
        return WriteItem(name, None, None, 0, 0, labels, side, media, TEXT)
    talk = dict(TALK)
    if kind == "class":
        talk["answers"] = [{"key": "completion", "text": "third"}]
    elif kind != "preference":
        talk.pop("answers")
    return WriteItem(name, None, None, 0, 0, labels, side, media, json.dumps(talk, ensure_ascii=False))


def assert_same(first: Sequence[LabelRecord], second: Sequence[LabelRecord]) -> None:
    """Equal but for the order of kinds, ids, and a thousandth of a pixel."""
    by_kind = sorted(first, key=lambda one: one.kind)
    for wanted, found in zip(by_kind, sorted(second, key=lambda one: one.kind), strict=True):
        assert (wanted.kind, wanted.label) == (found.kind, found.label)
        left, right = (
            _comparable(one.model_dump(exclude={"id", "attributes", "score", "origin"})) for one in (wanted, found)
        )
        _near(left, right, wanted.kind)


def _comparable(record: dict[str, Any]) -> dict[str, Any]:
    """Angles of a turned box name one rectangle in several ways; a skeleton's box and area have no place everywhere."""
    if record["kind"] == "rotated_box":
        turns = round(record["angle"] / 90)
        if turns % 2:
            record["width"], record["height"] = record["height"], record["width"]
        record["angle"] -= 90 * turns
    for key in ("box", "area", "edges", "between"):
        record.pop(key, None)
    for frame in record.get("keyframes", ()):
        frame.pop("attributes", None)
    return record


def _near(left: Any, right: Any, where: str) -> None:
    if isinstance(left, dict):
        assert set(left) == set(right), where
        for key, value in left.items():
            _near(value, right[key], f"{where}.{key}")
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), where
        for at, (one, other) in enumerate(zip(left, right, strict=True)):
            _near(one, other, f"{where}[{at}]")
    elif isinstance(left, float) and not isinstance(right, bool):
        near = abs(left - right) <= 1e-3 or (where.endswith("angle") and abs(abs(left - right) - 90) <= 0.05)
        assert near or (where.endswith("angle") and abs(left - right) <= 0.05), (where, left, right)
    else:
        assert left == right, where
