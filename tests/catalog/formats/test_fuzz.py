"""Whatever bytes a file holds, reading refuses with words and never falls over."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.catalog.formats import drawn
from tests.catalog.samples import MemorySink, MemoryTree, coco_image, coco_json, encoded, jpeg, noise, voc_xml
from tongguan.catalog.formats.base import Report, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS, Undecidable, detect
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import preview, verify

BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
BY_HAND: dict[str, dict[str, bytes]] = {
    "coco": {"annotations/instances.json": coco_json([coco_image(1, "a.jpg")], [BOX], ["a"]).encode()},
    "voc": {"voc/a.xml": voc_xml("a.jpg", [("a", 1, 2, 3, 4)]).encode()},
    "yolo": {"labels/a.txt": b"0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n", "data.yaml": b"train: images\nnames: [a, b]\n"},
}
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(
    deadline=None, max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


def good(format_id: str) -> dict[str, bytes]:
    """Label files of a format as its own writer writes them."""
    if format_id in BY_HAND:
        return BY_HAND[format_id]
    format_ = FORMATS[format_id]
    sink, report = MemorySink(), Report()
    items = []
    for kind in sorted(format_.kinds):
        name = getattr(format_, "only_labels", ("a",))[0]
        label = drawn.plain(kind, name, format_) if kind in drawn.PLAIN else None
        items.append(drawn.item(format_, kind, (label,) if label else None, f"i_{kind}"))
    if not items:
        media = next(iter(format_.media))
        items.append(WriteItem("talk", None, None, 0, 0, None, None, media, json.dumps({"turns": []})))
    format_.write(iter(items), sink, WriteOptions(), report)
    return {name: data for name, data in sink.files.items() if data != drawn.PICTURE}


GOOD = {format_id: good(format_id) for format_id in FORMATS}


def read(format_id: str, files: dict[str, bytes]) -> Report:
    tree = MemoryTree({"images/a.jpg": jpeg(), **files})
    report = Report()
    items = list(FORMATS[format_id].read(tree, report))
    assert len({item.name for item in items}) == len(items)
    with suppress(Undecidable):
        detect(tree, unlabelled=True)
    return report


@pytest.mark.parametrize("format_id", FORMATS)
def test_flipped_cut_and_doubled_bytes(format_id: str) -> None:
    @FEW
    @given(st.integers(0, 2**32), st.integers(1, 12))
    def check(seed: int, faults: int) -> None:
        rng = np.random.default_rng(seed)
        files = {}
        for name, data in GOOD[format_id].items():
            raw = bytearray(data)
            for _ in range(faults):
                at, what = int(rng.integers(len(raw) + 1)), int(rng.integers(3))
                if what == 0:
                    raw[at : at + 1] = bytes([int(rng.integers(256))])
                elif what == 1:
                    del raw[at : at + int(rng.integers(9))]
                else:
                    raw[at:at] = raw[at : at + int(rng.integers(20))]
            files[name] = bytes(raw)
        read(format_id, files)

    check()


@pytest.mark.parametrize("format_id", FORMATS)
def test_any_bytes_at_all(format_id: str) -> None:
    @FEW
    @given(st.lists(st.binary(max_size=200), min_size=2, max_size=2))
    def check(contents: list[bytes]) -> None:
        read(format_id, dict(zip(GOOD[format_id], contents, strict=False)))

    check()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
MARK = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "image_id": st.just(1) | JSON,
        "category_id": st.just(1) | JSON,
        "bbox": st.lists(st.integers(-5, 50) | JSON, max_size=5) | JSON,
        "segmentation": JSON,
        "keypoints": st.lists(JSON, max_size=6) | JSON,
        "num_keypoints": JSON,
        "segments_info": JSON,
        "attributes": JSON,
        "score": JSON,
        "iscrowd": JSON,
    },
)
IMAGE = st.fixed_dictionaries({"id": st.just(1) | JSON, "file_name": st.just("a.jpg") | JSON}, optional={"width": JSON})
CATEGORY = st.fixed_dictionaries({"id": st.just(1) | JSON, "name": st.just("a") | JSON})


@QUICK
@given(st.lists(IMAGE | JSON, max_size=3), st.lists(MARK | JSON, max_size=5), st.lists(CATEGORY | JSON, max_size=3))
def test_coco_of_any_shape(images: list[object], annotations: list[object], categories: list[object]) -> None:
    text = json.dumps({"images": images, "annotations": annotations, "categories": categories})
    read("coco", {"annotations/instances.json": text.encode()})


NUMBERS = st.sampled_from(
    ["0", "1", "7", "-1", "0.5", "nan", "inf", "1e400", "x", "", "0x1", "٣", "99999999999999999999"]
)


@QUICK
@given(st.lists(st.lists(NUMBERS, max_size=12).map(" ".join), max_size=5).map("\n".join))
def test_yolo_lines_of_any_numbers(text: str) -> None:
    read("yolo", {**GOOD["yolo"], "labels/a.txt": text.encode()})


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_damaged_pictures(kind: str) -> None:
    good = encoded(noise(40, 30), kind)

    @QUICK
    @given(st.integers(0, 2**32), st.integers(1, 8))
    def check(seed: int, faults: int) -> None:
        rng = np.random.default_rng(seed)
        raw = bytearray(good)
        for _ in range(faults):
            # Headers are where parsers fall over.
            raw[int(rng.integers(min(len(raw), 200)))] = int(rng.integers(256))
        for look in (lambda: verify(bytes(raw), "a"), lambda: preview(bytes(raw), 20)):
            with suppress(MediaProblem):
                look()

    check()


def rewritten(format_id: str, change: Callable[[bytes], bytes]) -> Report:
    """What reading says when each label file is changed."""
    return read(format_id, {name: change(data) for name, data in GOOD[format_id].items()})


TEXTS = [key for key in FORMATS if GOOD[key] and not any(b"\x00" in data for data in GOOD[key].values())]


@pytest.mark.parametrize("format_id", TEXTS)
def test_a_wrong_encoding_is_read_or_named(format_id: str) -> None:
    rewritten(format_id, lambda data: data.decode("utf-8").encode("utf-16"))
    report = rewritten(format_id, lambda data: data + b"\xff\xff\xfe")
    assert all(refused.reason for refused in report.refused)


@pytest.mark.parametrize(
    "format_id", [key for key in TEXTS if any(name.endswith((".json", ".xml")) for name in GOOD[key])]
)
def test_truncated_json_and_xml_name_the_file(format_id: str) -> None:
    whole = read(format_id, GOOD[format_id])
    report = rewritten(format_id, lambda data: data[: len(data) * 2 // 3])
    named = [refused for refused in report.refused if refused.kind in ("file", "item")]
    # Cut so short that nobody can tell whose file it is, a file is no label file.
    assert named or not report.labels
    assert sum(report.labels.values()) <= sum(whole.labels.values())
    for refused in named:
        assert any(name in refused.reason or name in refused.item for name in GOOD[format_id]) or refused.item


@pytest.mark.parametrize("format_id", TEXTS)
def test_names_that_leave_the_folder_are_refused(format_id: str) -> None:
    report = Report()
    files = {name: data.replace(b"i_", b"../../i_") for name, data in GOOD[format_id].items()}
    for item in FORMATS[format_id].read(MemoryTree(files), report):
        assert ".." not in item.name.split("/")
        assert item.path is None or ".." not in item.path.split("/")
