"""YOLO: layouts of others, names of label classes, sides, and files with faults."""

from __future__ import annotations

import pytest
import yaml

from tests.catalog.samples import MemorySink, MemoryTree, encoded, jpeg, noise
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.skeleton import SkeletonLabel

YOLO = FORMATS["yolo"]
# In a picture of 64 x 48: left 16, top 12, 32 wide, 24 high.
LINE = "0 0.5 0.5 0.5 0.5\n"


def read(files: dict[str, bytes | str]) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    return {item.name: item for item in YOLO.read(MemoryTree(files), report)}, report


def one_box(item: ReadItem) -> tuple[float, float, float, float]:
    (label,) = item.labels or ()
    assert isinstance(label, BoxLabel)
    return label.x, label.y, label.width, label.height


@pytest.mark.parametrize(
    ("picture", "label_file"),
    [
        ("images/a.jpg", "labels/a.txt"),
        ("images/train/a.jpg", "labels/train/a.txt"),
        ("train/images/a.jpg", "train/labels/a.txt"),
        ("Images/a.jpg", "Annotations/a.txt"),
        ("obj_train_data/a.jpg", "obj_train_data/a.txt"),
        ("a.png", "a.txt"),
        ("pics/a.jpg", "labels/a.txt"),
    ],
)
def test_layouts_of_others(picture: str, label_file: str) -> None:
    items, report = read({picture: jpeg(), label_file: LINE, "classes.txt": "scratch\n"})
    assert one_box(items[picture]) == (16, 12, 32, 24)
    assert not report.refused
    assert len(items) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.yaml", "names: [a, b]\nnc: 2\n"),
        ("data.yaml", "names:\n  0: a\n  1: b\n"),
        ("dataset.yml", "names: ['a', 'b']"),
        ("obj.names", "a\nb\n"),
        ("classes.txt", "a\r\nb\r\n"),
        ("labels/classes.txt", "a\nb"),
        ("names.txt", "a\nb"),
        ("coco.names", "a\nb"),
    ],
)
def test_names_of_label_classes(name: str, content: str) -> None:
    items, report = read({"images/a.jpg": jpeg(), "labels/a.txt": LINE.replace("0 ", "1 ", 1), name: content})
    assert [label.label for label in items["images/a.jpg"].labels or ()] == ["b"]
    assert report.classes == ["a", "b"]


def test_gbk_names() -> None:
    items, _ = read({"images/a.jpg": jpeg(), "labels/a.txt": LINE, "classes.txt": "裂纹\n划痕".encode("gbk")})
    assert [label.label for label in items["images/a.jpg"].labels or ()] == ["裂纹"]


def test_without_names_the_classes_are_numbers() -> None:
    items, _ = read({"images/a.jpg": jpeg(), "labels/a.txt": LINE})
    assert [label.label for label in items["images/a.jpg"].labels or ()] == ["0"]


@pytest.mark.parametrize(
    "declaration",
    [
        "train: images/one\nval: images/two\nnames: [a]",
        "path: .\ntrain: ./images/one\nval:\n  - images/two\nnames: [a]",
        "train: ../images/one\nval: ../images/two\nnames: [a]",
        "path: ../datasets/x\ntrain: images/one\nval: images/two\nnames: [a]",
        "train: one.txt\nval: two.txt\nnames: [a]",
    ],
)
def test_sides_of_data_yaml(declaration: str) -> None:
    files: dict[str, bytes | str] = {
        "data.yaml": declaration,
        "images/one/a.jpg": jpeg(),
        "images/two/b.jpg": jpeg(seed=1),
        "images/three/c.jpg": jpeg(seed=2),
        "one.txt": "./images/one/a.jpg\n",
        "two.txt": "/somewhere/else/images/two/b.jpg\n",
    }
    items, _ = read(files)
    assert [items[name].side for name in sorted(items)] == ["train", None, "kept"]


def test_sides_of_folders_and_darknet_lists() -> None:
    items, _ = read({"valid/images/a.jpg": jpeg(), "valid/labels/a.txt": LINE})
    assert items["valid/images/a.jpg"].side == "kept"
    files: dict[str, bytes | str] = {
        "obj.data": "train = data/train.txt",
        "obj.names": "a",
        "train.txt": "data/obj_train_data/1.jpg\n",
        "obj_train_data/1.jpg": jpeg(),
        "obj_train_data/1.txt": LINE,
    }
    items, _ = read(files)
    assert items["obj_train_data/1.jpg"].side == "train"
    assert len(items) == 1


def test_exif_rotation_comes_first() -> None:
    # Stored 64 x 48, seen 48 x 64.
    items, _ = read({"images/a.jpg": encoded(noise(), orientation=6), "labels/a.txt": LINE})
    assert one_box(items["images/a.jpg"]) == (12, 16, 24, 32)
    assert (items["images/a.jpg"].width, items["images/a.jpg"].height) == (48, 64)


def test_no_file_and_empty_file() -> None:
    files: dict[str, bytes | str] = {
        "images/a.jpg": jpeg(),
        "images/b.jpg": jpeg(seed=1),
        "labels/b.txt": "",
        "classes.txt": "a",
    }
    items, _ = read(files)
    assert items["images/a.jpg"].labels is None
    assert items["images/b.jpg"].labels == ()


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ("9 0.1 0.1 0.2 0.1 0.2 0.2", "polygon", "class 9 is not among the 1 names"),
        ("0 0.1 0.1 0.2 nan 0.2 0.2", "polygon", "finite"),
        ("9 0.5 0.5 0.5 0.5", "box", "class 9 is not among the 1 names"),
        ("0 0.5 0.5 0.5", "box", "line 2"),
        ("zero 0.5 0.5 0.5 0.5", "box", "line 2"),
        ("0 0.5 nan 0.5 0.5", "box", "not a number"),
        ("0 0.5 0.5 -0.5 0.5", "box", "negative"),
        ("-1 0.5 0.5 0.5 0.5", "box", "line 2"),
        ("1.5 0.5 0.5 0.5 0.5", "box", "line 2"),
        ("0 0.5 0.5 0.5 0.5 0.9 0.9 0.9", "box", "7 numbers"),
        ("<b>0</b>", "box", "line 2"),
    ],
)
def test_broken_lines_are_refused_with_their_place(line: str, kind: str, says: str) -> None:
    items, report = read({"images/a.jpg": jpeg(), "labels/a.txt": LINE + line, "classes.txt": "a"})
    assert len(items["images/a.jpg"].labels or ()) == 1
    (refused,) = report.refused
    assert (refused.item, refused.kind, refused.count) == ("images/a.jpg", kind, 1)
    assert says in refused.reason


def test_keypoints_by_declared_shape() -> None:
    files: dict[str, bytes | str] = {
        "data.yaml": "names: [a]\nkpt_shape: [2, 3]",
        "images/a.jpg": jpeg(),
        "labels/a.txt": "0 0.5 0.5 0.5 0.5 0.1 0.1 2 0.2 0.2 1",
    }
    items, report = read(files)
    assert report.labels == {"skeleton": 1}
    (label,) = items["images/a.jpg"].labels or ()
    assert isinstance(label, SkeletonLabel)
    assert [(point.name, round(point.x, 2), round(point.y, 2), point.visible) for point in label.points] == [
        ("1", 6.4, 4.8, 2),
        ("2", 12.8, 9.6, 1),
    ]
    assert label.box == (16, 12, 32, 24)


@pytest.mark.parametrize(
    ("declared", "kind"), [("task: obb\n", "rotated_box"), ("task: segment\n", "polygon"), ("", "rotated_box")]
)
def test_eight_numbers_are_an_oriented_box_where_the_set_is_one(declared: str, kind: str) -> None:
    files: dict[str, bytes | str] = {
        "data.yaml": f"names: [a]\n{declared}",
        "images/a.jpg": encoded(noise(100, 100)),
        "labels/a.txt": "0 0.5 0.2 0.8 0.5 0.5 0.8 0.2 0.5\n",
    }
    items, report = read(files)
    assert report.labels == {kind: 1}
    (label,) = items["images/a.jpg"].labels or ()
    if isinstance(label, RotatedBoxLabel):
        assert (label.cx, label.cy) == (50, 50)
        assert (label.width, label.height) == pytest.approx((42.4264, 42.4264), abs=1e-3)


def test_four_corners_that_are_no_rectangle_are_refused_in_a_set_of_oriented_boxes() -> None:
    files: dict[str, bytes | str] = {
        "data.yaml": "names: [a]\ntask: obb\n",
        "images/a.jpg": jpeg(),
        "labels/a.txt": "0 0.5 0.2 0.9 0.5 0.5 0.8 0.2 0.5\n",
    }
    _, report = read(files)
    assert [(one.kind, "rectangle" in one.reason) for one in report.refused] == [("rotated_box", True)]


def test_a_sixth_number_is_a_score() -> None:
    items, _ = read({"images/a.jpg": jpeg(), "labels/a.txt": "0 0.5 0.5 0.5 0.5 0.75"})
    assert [label.score for label in items["images/a.jpg"].labels or ()] == [0.75]


def test_labels_without_a_picture_are_named() -> None:
    files: dict[str, bytes | str] = {
        "images/a.jpg": jpeg(),
        "labels/a.txt": LINE,
        "labels/gone.txt": LINE + LINE,
        "README.txt": "0 0 0 0 0",
    }
    items, report = read(files)
    assert items["labels/gone.txt"].path is None
    (refused,) = report.refused
    assert (refused.item, refused.kind, refused.count) == ("labels/gone.txt", "box", 2)


def test_a_broken_picture_has_no_size() -> None:
    items, report = read({"images/a.jpg": b"", "labels/a.txt": LINE})
    assert items["images/a.jpg"].labels is None
    assert "absent or unreadable" in report.refused[0].reason


@pytest.mark.parametrize("content", ["names: [a\n", "names: {0: [}", "names: !!python/object/apply:os.system ['true']"])
def test_broken_yaml_is_named(content: str) -> None:
    _, report = read({"data.yaml": content, "images/a.jpg": jpeg(), "labels/a.txt": LINE})
    assert report.refused[0].item == "data.yaml"
    assert "YAML" in report.refused[0].reason


def test_two_pictures_of_one_stem() -> None:
    items, report = read({"images/a.jpg": jpeg(), "images/a.png": jpeg(seed=1), "labels/a.txt": LINE})
    assert len(items) == 2
    assert "already belongs" in report.refused[0].reason


def test_names_with_faults() -> None:
    items, report = read(
        {
            "images/a.jpg": jpeg(),
            "labels/a.txt": LINE + LINE.replace("0", "1", 1),
            "classes.txt": "x" * 10_000_000 + "\nok",
        }
    )
    assert [label.label for label in items["images/a.jpg"].labels or ()] == ["ok"]
    assert any("10,000,000 characters" in refused.reason for refused in report.refused)


def test_eight_decimals_and_a_declaration_that_trainers_read() -> None:
    tree = MemoryTree({"a.jpg": jpeg()})
    label = BoxLabel(label="a: b", x=1 / 3, y=2 / 3, width=10, height=10)
    sink = MemorySink()
    sides = ("train", "kept", "line")
    items = [WriteItem(f"{side}.jpg", tree, "a.jpg", 64, 48, (label,), side) for side in sides]
    YOLO.write(items, sink, WriteOptions(), Report())
    line = sink.text("labels/train/train.txt").split()
    assert all(len(number.partition(".")[2]) == 8 for number in line[1:])
    declared = yaml.safe_load(sink.text("data.yaml"))
    assert declared == {
        "train": "images/train",
        "val": "images/val",
        "line": "images/line",
        "nc": 1,
        "names": {0: "a: b"},
    }


def test_an_unknown_size_is_refused() -> None:
    label = BoxLabel(label="a", x=1, y=1, width=2, height=2)
    report = Report()
    YOLO.write([WriteItem("a.jpg", None, None, 0, 0, (label,))], MemorySink(), WriteOptions(), report)
    assert [(refused.item, refused.kind) for refused in report.refused] == [("a.jpg", "item")]
