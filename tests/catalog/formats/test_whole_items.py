"""Labels of whole items as people keep them: a folder for each class, or a table."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.catalog.samples import MemoryTree, coco_image, coco_json, encoded
from tongguan.catalog.formats.base import ReadItem, Report
from tongguan.catalog.formats.class_folders import ClassFoldersFormat
from tongguan.catalog.formats.label_table import LabelTableFormat
from tongguan.catalog.formats.registry import Undecidable, choose_for_classes

PICTURE = encoded(Image.new("L", (8, 8), 90), "PNG")


def tree(*names: str, **texts: str) -> MemoryTree:
    return MemoryTree({**dict.fromkeys(names, PICTURE), **{f"{name}.csv": text for name, text in texts.items()}})


def read(reader: ClassFoldersFormat | LabelTableFormat, files: MemoryTree) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    return {item.name: item for item in reader.read(files, report)}, report


def label(item: ReadItem) -> str | None:
    return item.labels[0].label if item.labels else None


def test_folders_are_classes_and_sides() -> None:
    files = tree("train/ok/1.png", "train/划痕/2.png", "val/ok/3.png", "test/划痕/images/4.png", "train/5.png")
    assert choose_for_classes(files)[0].id == "class-folders"
    found, report = read(ClassFoldersFormat(), files)
    assert {name: (label(one), one.side) for name, one in found.items()} == {
        "train/ok/1.png": ("ok", "train"),
        "train/划痕/2.png": ("划痕", "train"),
        "val/ok/3.png": ("ok", "kept"),
        "test/划痕/images/4.png": ("划痕", "test"),
        "train/5.png": (None, "train"),
    }
    assert (report.labels, report.classes) == ({"class": 4}, ["ok", "划痕"])


def test_a_table_says_class_group_and_side() -> None:
    text = "\ufefffile,label,group,split\r\na.png,ok,roll 1,train\r\nb.png,bad,roll 2,val\r\nd.png,,,\r\n"
    files = tree("p/a.png", "p/b.png", "p/c.png", "p/d.png", **{"p/labels": text})
    assert choose_for_classes(files)[0].id == "csv"
    found, report = read(LabelTableFormat(), files)
    assert {name: (label(one), one.group, one.side) for name, one in found.items()} == {
        "p/a.png": ("ok", "roll 1", "train"),
        "p/b.png": ("bad", "roll 2", "kept"),
        "p/d.png": (None, None, None),
        "p/c.png": (None, None, None),
    }
    assert not report.refused


def test_what_is_wrong_in_a_table_is_named() -> None:
    text = "file,label\n../a.png,ok\nx.png,ok\nx.png,bad\n,ok\nlong.png," + "y" * 300 + "\n"
    found, report = read(LabelTableFormat(), tree("x.png", "long.png", labels=text))
    assert "../a.png" not in found
    assert label(found["x.png"]) == "ok"
    assert found["long.png"].labels is None
    reasons = {one.item: one.reason for one in report.refused}
    assert "second time" in reasons["x.png"]
    assert "names no file" in reasons["labels.csv:4"]
    assert "long.png" in reasons
    assert "leaves the folder" in reasons["labels.csv:1"]
    _, report = read(LabelTableFormat(), tree("x.png", labels="picture;kind\nx.png;ok\n"))
    assert "columns file and label" in report.refused[0].reason


def test_other_formats_and_ties_are_not_taken_for_folders() -> None:
    coco = MemoryTree(
        {
            "ok/a.png": PICTURE,
            "bad/b.png": PICTURE,
            "labels.json": coco_json([coco_image(1, "ok/a.png")], [{"id": 1, "image_id": 1, "category_id": 1}], ["x"]),
        }
    )
    assert choose_for_classes(coco)[0].id == "coco"
    for files in (tree("a.png", "b.png"), tree("only/a.png"), tree("ok/a.png", "bad/b.png", other="a,b\n1,2\n")):
        with pytest.raises(Undecidable):
            choose_for_classes(files)
