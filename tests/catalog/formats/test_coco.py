"""COCO: kinds by richness, families of files, layouts of others, and files with faults."""

from __future__ import annotations

import json
from typing import Any

import pytest
from faster_coco_eval import COCO

from tests.catalog.samples import MemorySink, MemoryTree, coco_image, coco_json, jpeg
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.coco.annotation import kind_of
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.labels.box import BoxLabel

COCO_FORMAT = FORMATS["coco"]
BOX = [10.0, 5.0, 20.0, 30.0]
RECTANGLE = [10, 5, 30, 5, 30, 35, 10, 35]


def read(files: dict[str, bytes | str]) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    return {item.name: item for item in COCO_FORMAT.read(MemoryTree(files), report)}, report


def mark(identity: int, image: Any = 1, category: Any = 1, **others: Any) -> dict[str, Any]:
    return {"id": identity, "image_id": image, "category_id": category, **others}


@pytest.mark.parametrize(
    ("others", "kind"),
    [
        ({"bbox": BOX}, "box"),
        ({"bbox": BOX, "segmentation": []}, "box"),
        ({"bbox": BOX, "segmentation": [[]]}, "box"),
        ({"bbox": BOX, "segmentation": [RECTANGLE]}, "box"),
        ({"bbox": BOX, "segmentation": [[*RECTANGLE, 10, 5]]}, "box"),
        ({"bbox": BOX, "segmentation": [[10, 35, 30, 35, 30, 5, 10, 5]]}, "box"),
        ({"bbox": BOX, "segmentation": RECTANGLE}, "box"),
        ({"bbox": BOX, "segmentation": [[10, 5, 30, 35, 30, 5, 10, 35]]}, "polygon"),
        ({"bbox": BOX, "segmentation": [[10, 5, 30, 5, 30, 34]]}, "polygon"),
        ({"bbox": BOX, "segmentation": [[10, 5, 30, 5, 30, 34, 10, 35]]}, "polygon"),
        ({"bbox": BOX, "segmentation": [RECTANGLE, RECTANGLE]}, "polygon"),
        ({"bbox": BOX, "segmentation": {"counts": "abc", "size": [48, 64]}}, "mask"),
        ({"bbox": BOX, "segmentation": {"counts": [1, 2], "size": [48, 64]}, "iscrowd": 1}, "mask"),
        ({"bbox": BOX, "segmentation": [RECTANGLE], "keypoints": [1, 2, 2], "num_keypoints": 1}, "skeleton"),
        ({"bbox": BOX, "segmentation": [[1, 1, 5, 1, 5, 9]], "keypoints": [0, 0, 0], "num_keypoints": 0}, "polygon"),
        ({"bbox": BOX, "keypoints": [0, 0, 0, 4, 5, 2]}, "skeleton"),
        ({"bbox": BOX, "keypoints": []}, "box"),
        ({}, "class"),
        ({"caption": "a plate"}, "text_answer"),
        ({"segments_info": []}, "mask"),
    ],
)
def test_one_annotation_is_one_label_of_its_richest_kind(others: dict[str, Any], kind: str) -> None:
    assert kind_of(mark(1, **others)) == kind


def test_each_kind_is_read_and_what_is_broken_is_refused() -> None:
    annotations = [
        mark(1, bbox=BOX),
        mark(2, bbox=BOX, segmentation=[[1, 1, 5, 1, 5, 9]]),
        mark(3, bbox=BOX, segmentation=[[1, 1, 5, 1, 5, 9], [7, 7, 9, 7, 9, 9]]),
        mark(4, bbox=BOX, keypoints=[1, 2, 2, 0, 0, 0], num_keypoints=1),
        mark(5, image=2, bbox=BOX, segmentation={"counts": [2, 2, 2], "size": [2, 3]}),
        mark(6, image=2, bbox=BOX, segmentation={"counts": "x", "size": [1, 1]}),
        mark(7, image=2, bbox=BOX, keypoints=[1, 2], num_keypoints=1),
        mark(8, image=2, bbox=BOX, segmentation=[[1, 1, 5]]),
    ]
    images = [coco_image(1, "a.jpg"), coco_image(2, "b.jpg"), coco_image(3, "c.jpg")]
    items, report = read({"annotations/instances.json": coco_json(images, annotations, ["scratch"])})
    assert report.labels == {"box": 1, "polygon": 2, "skeleton": 1, "mask": 1}
    assert [label.kind for label in items["a.jpg"].labels or ()] == ["box", "polygon", "polygon", "skeleton"]
    assert [label.kind for label in items["b.jpg"].labels or ()] == ["mask"]
    assert {(r.item, r.kind, r.count) for r in report.refused} == {
        ("b.jpg", "mask", 1),
        ("b.jpg", "skeleton", 1),
        ("b.jpg", "polygon", 1),
    }
    assert items["c.jpg"].labels == ()


def test_files_of_one_family_are_read_together_and_a_label_once() -> None:
    image = [coco_image(1, "a.jpg")]
    person: dict[str, Any] = {"keypoints": [4, 5, 2], "num_keypoints": 1}
    files: dict[str, bytes | str] = {
        "annotations/instances_val.json": coco_json(image, [mark(7, bbox=BOX), mark(8, bbox=[0, 0, 1, 1])], ["person"]),
        "annotations/person_keypoints_val.json": coco_json(image, [mark(7, bbox=BOX, **person)], ["person"]),
        "annotations/labels_val.json": coco_json(image, [mark(7)], ["person"]),
        "annotations/captions_val.json": coco_json(image, [mark(7, caption="x")], []),
        "annotations/image_info_test.json": coco_json([coco_image(1, "t.jpg")], [], []),
        "images/val/a.jpg": jpeg(),
        "images/test/t.jpg": jpeg(seed=1),
    }
    items, report = read(files)
    assert report.items == 2
    assert report.labels == {"box": 1, "skeleton": 1, "class": 1, "text_answer": 1}
    assert items["images/val/a.jpg"].side == "kept"
    assert {label.kind for label in items["images/val/a.jpg"].labels or ()} == set(report.labels)
    assert items["images/test/t.jpg"].labels is None
    assert items["images/test/t.jpg"].side == "test"


@pytest.mark.parametrize(
    ("label_file", "picture", "file_name", "side"),
    [
        ("annotations/instances_train2017.json", "train2017/a.jpg", "a.jpg", "train"),
        ("annotations/instances_train.json", "images/train/a.jpg", "a.jpg", "train"),
        ("annotations/instances_val.json", "val/a.jpg", "a.jpg", "kept"),
        ("valid/_annotations.coco.json", "valid/a.jpg", "a.jpg", "kept"),
        ("test/_annotations.coco.json", "test/a.jpg", "a.jpg", "test"),
        ("annotations/instances.json", "images/a.jpg", "a.jpg", None),
        ("annotations/instances_line.json", "images/line/a.jpg", "a.jpg", "line"),
        ("result.json", "images/a.jpg", "images/a.jpg", None),
        ("result.json", "images/a.jpg", "images\\a.jpg", None),
        ("instances.json", "deep/er/a.jpg", "a.jpg", None),
        ("sub/annotations/instances_dev.json", "sub/JPEGImages/a.jpg", "a.jpg", "kept"),
        ("annotations/instances.json", "images/train/a.jpg", "train/a.jpg", "train"),
    ],
)
def test_layouts_of_others(label_file: str, picture: str, file_name: str, side: str | None) -> None:
    text = coco_json([coco_image(1, file_name)], [mark(1, bbox=BOX)], ["a"])
    items, report = read({label_file: text, picture: jpeg()})
    assert list(items) == [picture]
    assert items[picture].path == picture
    assert items[picture].side == side
    assert not report.refused


def test_the_same_name_on_two_sides_stays_two_pictures() -> None:
    files: dict[str, bytes | str] = {"images/train/1.jpg": jpeg(), "images/val/1.jpg": jpeg(seed=1)}
    for side in ("train", "val"):
        files[f"annotations/instances_{side}.json"] = coco_json([coco_image(1, "1.jpg")], [mark(1, bbox=BOX)], [side])
    items, _ = read(files)
    assert {name: (item.labels or ())[0].label for name, item in items.items()} == {
        "images/train/1.jpg": "train",
        "images/val/1.jpg": "val",
    }


def test_unknown_ids_are_refused_and_the_rest_is_read() -> None:
    annotations = [
        mark(1, bbox=BOX),
        mark(2, image=99, bbox=BOX),
        mark(3, image=99, bbox=BOX),
        mark(4, category=77, bbox=BOX),
        {"id": 5, "category_id": 1, "bbox": BOX},
        mark(6, image=[], bbox=BOX),
    ]
    items, report = read({"instances.json": coco_json([coco_image(1, "a.jpg")], annotations, ["a"])})
    assert report.labels == {"box": 1}
    assert len(items["a.jpg"].labels or ()) == 1
    reasons = {(r.item, r.reason): r.count for r in report.refused}
    assert reasons["instances.json", "image_id 99 is not among the images"] == 2
    assert reasons["instances.json", "image_id None is not among the images"] == 1
    assert reasons["a.jpg", "category_id 77 is not among the categories"] == 1


@pytest.mark.parametrize(
    ("bbox", "says"),
    [
        ([1, 2, 3], "four numbers"),
        ("1,2,3,4", "four numbers"),
        ([1, 2, "x", 4], "not a number"),
        ([1, 2, None, 4], "not a number"),
        ([1, 2, -3, 4], "negative"),
        ([1e300, 2, 3, 4], "larger than"),
        ([[], {}, 3, 4], "not a number"),
        (None, "four numbers"),
    ],
)
def test_broken_boxes_are_refused_with_a_reason(bbox: object, says: str) -> None:
    annotations = [mark(1, bbox=bbox, segmentation=[]), mark(2, bbox=BOX)]
    items, report = read({"instances.json": coco_json([coco_image(1, "a.jpg")], annotations, ["a"])})
    assert len(items["a.jpg"].labels or ()) == 1
    (refused,) = report.refused
    assert (refused.item, refused.kind) == ("a.jpg", "box")
    assert says in refused.reason


def test_nan_is_read_as_json_and_refused_as_a_box() -> None:
    text = coco_json([coco_image(1, "a.jpg")], [mark(1, bbox=[0, 0, float("nan"), 1])], ["a"])
    assert "NaN" in text
    _, report = read({"instances.json": text})
    assert "not a number" in report.refused[0].reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"images": [', "not readable as JSON"),
        (b"", "empty"),
        (b'{"images": 3, "annotations": []}', "no list `images`"),
        (b'[{"images": []}]', "no list `images`"),
        (b'{"images": [' + b"[" * 100_000, "not readable as JSON"),
        (b'{"images": [], "annotations": ["\xff\xfe\xfd\xff"]}', "neither UTF-8 nor GB18030"),
    ],
)
def test_a_broken_file_is_named_and_the_others_are_read(content: bytes, says: str) -> None:
    good = coco_json([coco_image(1, "a.jpg")], [mark(1, bbox=BOX)], ["a"])
    items, report = read({"annotations/instances_train.json": good, "annotations/instances_val.json": content})
    assert list(items) == ["a.jpg"]
    (refused,) = report.refused
    assert refused.item == "annotations/instances_val.json"
    assert refused.kind == "file"
    assert says in refused.reason


def test_entries_that_are_no_objects() -> None:
    text = json.dumps(
        {
            "images": [
                5,
                {"file_name": "x.jpg"},
                {"id": 2},
                {"id": 3, "file_name": "../up.jpg"},
                coco_image(1, "a.jpg"),
            ],
            "annotations": [None, mark(1, bbox=BOX)],
            "categories": ["a", {"id": 1, "name": "good"}, {"id": 1, "name": "other"}, {"id": 2, "name": ""}],
        }
    )
    items, report = read({"instances.json": text})
    assert list(items) == ["a.jpg"]
    assert [label.label for label in items["a.jpg"].labels or ()] == ["good"]
    assert len(report.refused) == 8


def test_ten_megabytes_of_label_name() -> None:
    text = coco_json(
        [coco_image(1, "a.jpg")], [mark(1, bbox=BOX), mark(2, category=2, bbox=BOX)], ["ok", "x" * 10_000_000]
    )
    items, report = read({"instances.json": text})
    assert [label.label for label in items["a.jpg"].labels or ()] == ["ok"]
    assert any("10,000,000 characters" in refused.reason for refused in report.refused)
    assert all(len(refused.reason) <= 500 for refused in report.refused)


def test_gbk_and_utf16_files() -> None:
    text = coco_json([coco_image(1, "a.jpg")], [mark(1, bbox=BOX)], ["裂纹"])
    plain = json.dumps(json.loads(text), ensure_ascii=False)
    for encoding in ("gbk", "utf-16", "utf-8-sig"):
        items, report = read({"instances.json": plain.encode(encoding)})
        assert [label.label for label in items["a.jpg"].labels or ()] == ["裂纹"], encoding
        assert not report.refused


def test_pictures_that_no_file_names_are_unlabelled() -> None:
    text = coco_json([coco_image(1, "a.jpg")], [], ["a"])
    items, _ = read({"annotations/instances.json": text, "images/a.jpg": jpeg(), "images/b.jpg": jpeg(seed=1)})
    assert items["images/a.jpg"].labels == ()
    assert items["images/b.jpg"].labels is None


def test_others_read_what_we_write() -> None:
    labels = (
        BoxLabel(label="b", x=1.25, y=2.5, width=30, height=20),
        BoxLabel(label="a", x=0, y=0, width=64, height=48, attributes={"iscrowd": True}),
    )
    tree = MemoryTree({"a.jpg": jpeg()})
    sink = MemorySink()
    items = [
        WriteItem("a.jpg", tree, "a.jpg", 64, 48, labels, "train"),
        WriteItem("b.jpg", tree, "a.jpg", 64, 48, (), "kept"),
    ]
    COCO_FORMAT.write(items, sink, WriteOptions(classes=("a", "b")), Report())
    assert sorted(sink.files) == [
        "annotations/instances_train.json",
        "annotations/instances_val.json",
        "images/train/a.jpg",
        "images/val/b.jpg",
    ]
    judge = COCO(json.loads(sink.text("annotations/instances_train.json")))
    assert judge.getCatIds(catNms=["b"]) == [2]
    found = judge.loadAnns(judge.getAnnIds(catIds=[2]))[0]
    assert found["bbox"] == [1.25, 2.5, 30, 20]
    assert found["area"] == 600
    assert judge.loadAnns(judge.getAnnIds(catIds=[1]))[0]["iscrowd"] == 1
    assert judge.loadImgs(judge.getImgIds())[0]["file_name"] == "a.jpg"
