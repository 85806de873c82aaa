"""Labels written without the pictures: the same files, no picture opened without need, readable with them beside."""

from __future__ import annotations

from typing import BinaryIO

import pytest

from tests.catalog.formats import drawn
from tests.catalog.samples import MemorySink, MemoryTree, coco_image, coco_json, jpeg, voc_xml
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.convert import Conversion, convert
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.registry import FORMATS

BOX = [10.0, 5.0, 20.0, 30.0]
TASK = (
    '[{"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"result": [{"from_name": "l", "to_name": "image", '
    '"type": "rectanglelabels", "original_width": 64, "original_height": 48, '
    '"value": {"x": 25, "y": 25, "width": 50, "height": 50, "rectanglelabels": ["x"]}}]}]}]'
)
OPEN_IMAGES = {
    "annotations-bbox.csv": "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na,,x,1,0.25,0.75,0.25,0.75\n",
    "images-boxable.csv": "ImageID,Width,Height,Subset\na,64,48,\n",
}


class CountingTree(MemoryTree):
    """Remembers which pictures were opened."""

    opened: list[str]

    def __init__(self, files: dict[str, bytes | str]) -> None:
        super().__init__(files)
        self.opened = []

    def open(self, path: str) -> BinaryIO:
        """Also writes down the name of a picture."""
        if is_picture(path):
            self.opened.append(path)
        return super().open(path)


def source(format_id: str, *, sized: bool = True, width: int = 64) -> CountingTree:
    """One picture with a box in it; without `sized` no label file says how large the picture is."""
    picture = {"images/a.jpg": jpeg()}
    image = coco_image(1, "a.jpg", width) if sized else {"id": 1, "file_name": "a.jpg"}
    annotations = [{"id": 1, "image_id": 1, "category_id": 1, "bbox": BOX}]
    files: dict[str, dict[str, bytes | str]] = {
        "coco": {"annotations/instances.json": coco_json([image], annotations, ["x"])},
        "voc": {"annotations/a.xml": voc_xml("a.jpg", [("x", 11, 6, 30, 35)])},
        "yolo": {"labels/a.txt": "0 0.5 0.5 0.5 0.5\n", "data.yaml": "names: [x]\n"},
        "label-studio": {"tasks.json": TASK},
        "open-images": dict(OPEN_IMAGES),
    }
    return CountingTree({**picture, **files[format_id]})


def alone(tree: MemoryTree, first: str, second: str) -> tuple[MemorySink, Conversion]:
    sink = MemorySink()
    return sink, convert(tree, FORMATS[first], FORMATS[second], sink, pictures=False)


def items_of(format_id: str, files: dict[str, bytes]) -> list[ReadItem]:
    return list(FORMATS[format_id].read(MemoryTree(files), Report()))


@pytest.mark.parametrize("format_id", FORMATS)
def test_a_writer_writes_the_same_files_less_those_of_the_items(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    if not main:
        return
    label = drawn.plain(main, getattr(format_, "only_labels", ("a",))[0], format_)
    sides = ("train", "kept") if "sides" in format_.keeps else (None, None)
    items = [drawn.item(format_, main, (label,), "one", sides[0]), drawn.item(format_, main, None, "two", sides[1])]
    whole, part = MemorySink(), MemorySink()
    reports = Report(), Report()
    format_.write(iter(items), whole, WriteOptions(), reports[0])
    format_.write(iter(items), part, WriteOptions(media=False), reports[1])
    own = set(drawn.TREE.files.values())
    assert part.files == {path: data for path, data in whole.files.items() if data not in own}
    assert (reports[1].items, reports[1].labels, reports[1].refused) == (
        reports[0].items,
        reports[0].labels,
        reports[0].refused,
    )
    assert reports[1].files == len(part.files)
    assert format_.by_place == (not part.files)


@pytest.mark.parametrize("format_id", ["coco", "voc", "label-studio", "open-images"])
@pytest.mark.parametrize("target", ["coco", "voc", "yolo", "cvat"])
def test_no_picture_is_opened_where_a_label_file_says_its_size(format_id: str, target: str) -> None:
    tree = source(format_id)
    sink, done = alone(tree, format_id, target)
    assert tree.opened == []
    assert not done.refused
    assert not any(is_picture(path) for path in sink.files)
    with_pictures = MemorySink()
    convert(tree, FORMATS[format_id], FORMATS[target], with_pictures)
    assert tree.opened
    assert {path: data for path, data in with_pictures.files.items() if not is_picture(path)} == sink.files


@pytest.mark.parametrize(("format_id", "target"), [("yolo", "voc"), ("yolo", "coco"), ("coco", "voc")])
def test_a_picture_without_a_size_is_opened_once(format_id: str, target: str) -> None:
    tree = source(format_id, sized=False)
    sink, done = alone(tree, format_id, target)
    assert tree.opened == ["images/a.jpg"]
    assert not done.refused
    whole = {**sink.files, **({"JPEGImages/a.jpg": jpeg()} if target == "voc" else {"images/a.jpg": jpeg()})}
    (item,) = items_of(target, whole)
    assert (item.width, item.height) == (64, 48)
    assert item.path is not None
    assert len(item.labels or ()) == 1


def test_label_files_are_believed_about_sizes_only_without_pictures() -> None:
    sink, _ = alone(source("coco", width=640), "coco", "voc")
    assert "<width>640</width>" in sink.text("Annotations/a.xml")
    convert(source("coco", width=640), FORMATS["coco"], FORMATS["voc"], whole := MemorySink())
    assert "<width>64</width>" in whole.text("Annotations/a.xml")


def test_a_size_that_nobody_knows_is_said() -> None:
    tree = source("coco", sized=False)
    del tree.files["images/a.jpg"]
    _, done = alone(tree, "coco", "yolo")
    assert [refused.reason for refused in done.refused] == ["the picture's size is not known, which YOLO needs"]
    assert any("no pictures" in note for note in done.notes)
    tree.files["images/b.jpg"] = jpeg()
    _, done = alone(tree, "coco", "voc")
    assert [(refused.item, refused.check) for refused in done.refused] == [("a.jpg", "unreadable")]
    tree.files["images/a.jpg"] = b"no picture"
    _, done = alone(tree, "coco", "voc")
    assert any("a.jpg cannot be opened as pictures; their size is not known" in note for note in done.notes)


def test_an_absent_picture_whose_size_is_said_is_no_loss() -> None:
    tree = source("coco")
    tree.files["images/b.jpg"] = tree.files.pop("images/a.jpg")
    _, done = alone(tree, "coco", "yolo")
    assert not done.refused
    assert done.written.labels == {"box": 1}


def test_it_is_said_where_the_pictures_belong() -> None:
    sink, done = alone(source("coco"), "coco", "yolo")
    assert done.notes == ["labels alone: images/a.jpg belongs at images/a.jpg, the others likewise"]
    # Relative numbers cannot be read without the picture, and can with it.
    (item,) = items_of("yolo", sink.files)
    assert item.labels is None
    (item,) = items_of("yolo", {**sink.files, "images/a.jpg": jpeg()})
    assert [label.label for label in item.labels or ()] == ["x"]


def test_a_format_that_is_made_of_pictures_is_not_written_without_them() -> None:
    files = {"ok/1.png": drawn.PICTURE, "bad/2.png": drawn.PICTURE}
    with pytest.raises(ValueError, match="without pictures"):
        alone(MemoryTree(files), "class-folders", "class-folders")
    sink, done = alone(MemoryTree(files), "class-folders", "csv")
    assert done.written.labels == {"class": 2}
    assert list(sink.files) == ["labels.csv"]


def test_items_without_files_of_their_own_are_written_as_ever() -> None:
    item = WriteItem("a.txt:1", None, None, 0, 0, (drawn.plain("span", "x"),), None, "text", drawn.TEXT)
    sinks = MemorySink(), MemorySink()
    report = Report()
    FORMATS["conll"].write([item], sinks[0], WriteOptions(), Report())
    FORMATS["conll"].write([item], sinks[1], WriteOptions(media=False), report)
    assert sinks[0].files == sinks[1].files
    assert not report.notes
