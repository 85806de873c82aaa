"""VOC: 1-based inclusive numbers, folders of others, encodings, and files with faults."""

from __future__ import annotations

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring

from tests.catalog.samples import MemorySink, MemoryTree, jpeg, voc_xml
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.masks import palette, pixels_of, png_of
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.mask import MaskLabel

VOC = FORMATS["voc"]
XML = voc_xml("a.jpg", [("scratch", 11, 6, 30, 35)])


def read(files: dict[str, bytes | str]) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    return {item.name: item for item in VOC.read(MemoryTree(files), report)}, report


def one_box(item: ReadItem) -> tuple[float, float, float, float]:
    (label,) = item.labels or ()
    assert isinstance(label, BoxLabel)
    return label.x, label.y, label.width, label.height


def test_numbers_are_1_based_and_inclusive() -> None:
    items, _ = read({"a.jpg": jpeg(), "a.xml": XML})
    assert one_box(items["a.jpg"]) == (10, 5, 20, 30)


def test_fractions_are_kept_and_written_back_the_same_way() -> None:
    xml = voc_xml("a.jpg", [("s", 1.5, 2.25, 7.125, 9.75)])
    items, _ = read({"a.jpg": jpeg(), "a.xml": xml})
    assert one_box(items["a.jpg"]) == (0.5, 1.25, 6.625, 8.5)
    sink = MemorySink()
    VOC.write([WriteItem("a.jpg", None, None, 64, 48, items["a.jpg"].labels)], sink, WriteOptions(), Report())
    box = fromstring(sink.text("Annotations/a.xml")).find("object/bndbox")
    assert box is not None
    assert [box.findtext(tag) for tag in ("xmin", "ymin", "xmax", "ymax")] == ["1.5", "2.25", "7.125", "9.75"]


@pytest.mark.parametrize(
    ("picture", "label_file"),
    [
        ("JPEGImages/a.jpg", "Annotations/a.xml"),
        ("images/a.jpg", "annotations/a.xml"),
        ("images/a.jpg", "voc/a.xml"),
        ("images/a.png", "xml/a.xml"),
        ("a.jpg", "a.xml"),
        ("VOC2007/JPEGImages/a.jpg", "VOC2007/Annotations/a.xml"),
        ("JPEGImages/sub/a.jpg", "Annotations/sub/a.xml"),
        ("train/a.jpg", "train/a.xml"),
        ("photos/a.jpg", "labels/a.xml"),
        ("train/images/a.jpg", "train/annotations/a.xml"),
    ],
)
def test_folders_of_others(picture: str, label_file: str) -> None:
    items, report = read({picture: jpeg(), label_file: XML})
    assert list(items) == [picture]
    assert len(items[picture].labels or ()) == 1
    assert not report.refused


def test_matched_by_the_files_own_stem_not_by_what_it_says() -> None:
    files: dict[str, bytes | str] = {"images/b.jpg": jpeg(), "images/a.jpg": jpeg(seed=1), "voc/b.xml": XML}
    items, _ = read(files)
    assert len(items["images/b.jpg"].labels or ()) == 1
    assert items["images/a.jpg"].labels is None


def test_no_file_empty_file_and_missing_picture() -> None:
    files: dict[str, bytes | str] = {
        "images/unlabelled.jpg": jpeg(),
        "images/nothing.jpg": jpeg(seed=1),
        "images/zero.jpg": jpeg(seed=2),
        "voc/nothing.xml": voc_xml("nothing.jpg", []),
        "voc/zero.xml": b"",
        "voc/gone.xml": XML,
    }
    items, report = read(files)
    assert items["images/unlabelled.jpg"].labels is None
    assert items["images/nothing.jpg"].labels == ()
    assert items["images/zero.jpg"].labels == ()
    assert items["voc/gone.jpg"].path is None
    assert (items["voc/gone.jpg"].width, items["voc/gone.jpg"].height) == (64, 48)
    assert report.items == 4


def test_sides_of_image_sets() -> None:
    files: dict[str, bytes | str] = {f"JPEGImages/{name}.jpg": jpeg(seed=at) for at, name in enumerate("abcd")}
    files |= {f"Annotations/{name}.xml": XML for name in "abcd"}
    files |= {
        "ImageSets/Main/train.txt": "a\n",
        "ImageSets/Main/val.txt": "b\n\n",
        "ImageSets/Main/test.txt": "c 1\n",
        "ImageSets/Main/cat_train.txt": "d -1\n",
        "ImageSets/Main/trainval.txt": "a\nb\nd\n",
    }
    items, _ = read(files)
    assert {item.path and item.path[-5]: item.side for item in items.values()} == {
        "a": "train",
        "b": "kept",
        "c": "test",
        "d": "train",
    }


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'<?xml version="1.0" encoding="GBK"?>' + XML.replace("scratch", "划痕").encode("gbk"), "划痕"),
        (b'<?xml version="1.0" encoding="gb2312"?>' + XML.replace("scratch", "划痕").encode("gbk"), "划痕"),
        (XML.replace("scratch", "划痕").encode("gbk"), "划痕"),
        (b"\xef\xbb\xbf" + XML.replace("scratch", "划痕").encode(), "划痕"),
        (('<?xml version="1.0" encoding="UTF-16"?>' + XML.replace("scratch", "划痕")).encode("utf-16"), "划痕"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + XML.replace("scratch", "é").encode("latin-1"), "é"),
        (b"<!-- made by hand -->\n" + XML.encode(), "scratch"),
        (b"<!DOCTYPE annotation>\n" + XML.encode(), "scratch"),
    ],
)
def test_encodings(content: bytes, name: str) -> None:
    items, report = read({"a.jpg": jpeg(), "a.xml": content})
    assert [label.label for label in items["a.jpg"].labels or ()] == [name]
    assert not report.refused


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<annotation><object>", "not readable as XML"),
        (b'<!DOCTYPE annotation [<!ENTITY x "y">]><annotation>&x;</annotation>', "entities"),
        (b"<annotation>\xff\xff\xff</annotation>", "byte 13 is neither UTF-8 nor GB18030"),
        (b"<annotation>" + b"<a>" * 100_000, "not readable as XML"),
    ],
)
def test_broken_files_are_named_and_the_rest_is_read(content: bytes, says: str) -> None:
    items, report = read({"images/a.jpg": jpeg(), "images/b.jpg": jpeg(seed=1), "voc/a.xml": XML, "voc/b.xml": content})
    assert len(items["images/a.jpg"].labels or ()) == 1
    assert items["images/b.jpg"].labels is None
    (refused,) = report.refused
    assert (refused.item, refused.kind) == ("voc/b.xml", "file")
    assert says in refused.reason


@pytest.mark.parametrize(
    ("xml", "kind", "says"),
    [
        ("<object><name>a</name></object>", "box", "no <bndbox>"),
        ("<object><bndbox><xmin>1</xmin></bndbox></object>", "box", "no name"),
        ("<object><name>a</name><bndbox><xmin>1</xmin><ymin>x</ymin></bndbox></object>", "box", "not a number"),
        ("<object><name>a</name><polygon><x1>1</x1></polygon></object>", "polygon", "not flattened"),
        ("<object><name>a</name><robndbox><cx>1</cx></robndbox></object>", "rotated_box", "not flattened"),
    ],
)
def test_objects_that_cannot_be_read(xml: str, kind: str, says: str) -> None:
    items, report = read({"a.jpg": jpeg(), "a.xml": voc_xml("a.jpg", [("good", 1, 1, 9, 9)], extra=xml)})
    assert [label.label for label in items["a.jpg"].labels or ()] == ["good"]
    (refused,) = report.refused
    assert (refused.item, refused.kind, refused.count) == ("a.jpg", kind, 1)
    assert says in refused.reason


def test_corners_the_wrong_way_round_are_refused_as_zero_area() -> None:
    items, report = read({"a.jpg": jpeg(), "a.xml": voc_xml("a.jpg", [("a", 30, 6, 11, 35)])})
    assert items["a.jpg"].labels is None
    assert report.refused[0].check == "zero_area"


def test_ten_megabytes_of_label_name() -> None:
    items, report = read(
        {"a.jpg": jpeg(), "a.xml": voc_xml("a.jpg", [("x" * 10_000_000, 1, 1, 2, 2), ("ok", 1, 1, 2, 2)])}
    )
    assert [label.label for label in items["a.jpg"].labels or ()] == ["ok"]
    assert "10,000,000 characters" in report.refused[0].reason


def test_masks_are_labels_by_the_colours_of_the_challenge_and_are_no_items() -> None:
    things = np.zeros((48, 64), dtype=np.uint8)
    things[2:6, 3:9], things[20:24, 30:40] = 1, 2
    classes = np.where(things > 0, 15, 0).astype(np.uint8)  # the colour of a person
    files: dict[str, bytes | str] = {
        "JPEGImages/a.jpg": jpeg(),
        "Annotations/a.xml": XML,
        "SegmentationClass/a.png": png_of(classes, palette()),
        "SegmentationObject/a.png": png_of(things, palette()),
        "SegmentationClass/gone.png": png_of(classes, palette()),
    }
    items, report = read(files)
    assert list(items) == ["JPEGImages/a.jpg"]
    assert report.labels == {"box": 1, "mask": 2}
    masks = [label for label in items["JPEGImages/a.jpg"].labels or () if isinstance(label, MaskLabel)]
    assert [(label.label, int(pixels_of(label).sum())) for label in masks] == [("person", 24), ("person", 40)]
    assert [(one.item, one.kind) for one in report.refused] == [("SegmentationClass/gone.png", "mask")]


def test_xml_of_other_tools_is_left_alone() -> None:
    files: dict[str, bytes | str] = {
        "a.jpg": jpeg(),
        "a.xml": "<annotations><image id='0'/></annotations>",
        "b.xml": "<annotation><filename>a.jpg</filename><imagesize><nrows>9</nrows></imagesize></annotation>",
    }
    assert VOC.sniff(MemoryTree(files)).score == 0


def test_control_characters_cannot_be_written_and_are_named() -> None:
    label = BoxLabel(label="a\x01b", x=1, y=1, width=2, height=2)
    report = Report()
    VOC.write([WriteItem("a.jpg", None, None, 64, 48, (label,))], MemorySink(), WriteOptions(), report)
    assert "character" in report.refused[0].reason
