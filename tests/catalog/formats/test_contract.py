"""Every format of the registry keeps the same promises: what it writes it reads back; what it cannot hold it names."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.catalog.samples import MemorySink, MemoryTree, encoded
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS, detect
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.registry import KNOWN_KINDS

WIDTH, HEIGHT = 640, 480
PICTURE = encoded(Image.new("L", (WIDTH, HEIGHT), 99), "PNG")
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    lambda name: bool(name.strip())
)
LOCAL_SIDES = ("train", "kept", "line")


def box(draw: st.DrawFn, names: list[str]) -> BoxLabel:
    x = draw(st.floats(0, WIDTH - 1))
    y = draw(st.floats(0, HEIGHT - 1))
    return BoxLabel(
        label=draw(st.sampled_from(names)),
        x=x,
        y=y,
        width=draw(st.floats(0.01, WIDTH - x)),
        height=draw(st.floats(0.01, HEIGHT - y)),
    )


def labels_of(draw: st.DrawFn, kinds: frozenset[str], names: list[str]) -> tuple[LabelRecord, ...]:
    boxes = [box(draw, names) for _ in range(draw(st.integers(0, 4)))] if "box" in kinds else []
    classes = [ClassLabel(label=name) for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True))]
    return (*boxes, *(classes if "class" in kinds else ()))


@st.composite
def datasets(draw: st.DrawFn, kinds: frozenset[str]) -> list[WriteItem]:
    """A few items with labels of the given kinds; the last ones have "nothing here"."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    sided = draw(st.booleans())
    tree = MemoryTree({"p.png": PICTURE})
    items = []
    for number in range(draw(st.integers(1, 5))):
        side = draw(st.sampled_from(LOCAL_SIDES)) if sided else None
        labels = labels_of(draw, kinds, names)
        items.append(WriteItem(f"plate_{number}.png", tree, "p.png", WIDTH, HEIGHT, labels, side))
    return items


def written(format_id: str, items: list[WriteItem], options: WriteOptions | None = None) -> tuple[MemorySink, Report]:
    sink, report = MemorySink(), Report()
    FORMATS[format_id].write(iter(items), sink, options or WriteOptions(), report)
    return sink, report


def read_back(format_id: str, sink: MemorySink) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    items = list(FORMATS[format_id].read(sink.tree(), report))
    return {item.name.rpartition("/")[2]: item for item in items}, report


@pytest.mark.parametrize("format_id", FORMATS)
def test_declares_known_kinds(format_id: str) -> None:
    assert FORMATS[format_id].id == format_id
    assert FORMATS[format_id].kinds <= set(KNOWN_KINDS)


@pytest.mark.parametrize("format_id", FORMATS)
def test_write_then_read_is_equal_within_a_thousandth_of_a_pixel(format_id: str) -> None:
    kinds = FORMATS[format_id].kinds

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
    @given(datasets(kinds))
    def check(items: list[WriteItem]) -> None:
        sink, report = written(format_id, items)
        assert not report.refused
        back, read = read_back(format_id, sink)
        assert not read.refused
        assert read.items == len(items)
        assert read.labels == report.labels
        for item in items:
            found = back[item.name]
            assert found.side == item.side
            assert found.path is not None
            assert found.labels is not None
            assert_same(item.labels or (), found.labels)
        if all(item.labels for item in items):
            assert detect(sink.tree()).format.id == format_id

    check()


def assert_same(first: tuple[LabelRecord, ...], second: tuple[LabelRecord, ...]) -> None:
    by_kind = sorted(first, key=lambda label: label.kind)
    for wanted, found in zip(by_kind, sorted(second, key=lambda label: label.kind), strict=True):
        assert (wanted.kind, wanted.label) == (found.kind, found.label)
        if isinstance(wanted, BoxLabel):
            assert isinstance(found, BoxLabel)
            for edge in ("x", "y", "width", "height"):
                assert getattr(found, edge) == pytest.approx(getattr(wanted, edge), abs=1e-3)


class Polygon(LabelRecord):
    """A kind that no format holds so far."""

    kind: str = "polygon"


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize("kind", ["class", "polygon"])
def test_other_kinds_are_refused_and_never_vanish(format_id: str, kind: str) -> None:
    if kind in FORMATS[format_id].kinds:
        return
    tree = MemoryTree({"p.png": PICTURE})
    other = ClassLabel(label="a") if kind == "class" else Polygon(label="a")
    good = BoxLabel(label="a", x=1, y=2, width=3, height=4)
    items = [
        WriteItem("both.png", tree, "p.png", WIDTH, HEIGHT, (good, other, other)),
        WriteItem("only.png", tree, "p.png", WIDTH, HEIGHT, (other,)),
    ]
    sink, report = written(format_id, items)
    found = {(refused.item, refused.kind): refused.count for refused in report.refused}
    assert found["both.png", kind] == 2
    assert found["only.png", kind] == 1
    assert report.labels == {"box": 1}
    back, _ = read_back(format_id, sink)
    kept = back["both.png"].labels
    assert kept is not None
    assert_same((good,), kept)
    # An item that lost all its labels must not come back as "nothing here".
    assert "only.png" not in back or back["only.png"].labels is None


@pytest.mark.parametrize("format_id", FORMATS)
def test_unlabelled_and_nothing_here_are_two_things(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    items = [
        WriteItem("empty.png", tree, "p.png", WIDTH, HEIGHT, ()),
        WriteItem("unlabelled.png", tree, "p.png", WIDTH, HEIGHT, None),
        WriteItem("full.png", tree, "p.png", WIDTH, HEIGHT, (BoxLabel(label="a", x=0, y=0, width=9, height=9),)),
    ]
    sink, report = written(format_id, items)
    back, _ = read_back(format_id, sink)
    assert back["empty.png"].labels == ()
    if format_id == "coco":
        assert "unlabelled.png" not in back
        assert [(refused.item, refused.kind) for refused in report.refused] == [("unlabelled.png", "item")]
    else:
        assert back["unlabelled.png"].labels is None
        assert not report.refused


@pytest.mark.parametrize("format_id", FORMATS)
def test_rounding_only_when_asked(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    item = WriteItem(
        "a.png", tree, "p.png", WIDTH, HEIGHT, (BoxLabel(label="a", x=1.5, y=2.4, width=10.2, height=7.7),)
    )
    for rounded, expected in ((False, (1.5, 2.4, 10.2, 7.7)), (True, (2, 2, 10, 8))):
        sink, _ = written(format_id, [item], WriteOptions(round=rounded))
        (found,) = read_back(format_id, sink)[0]["a.png"].labels or ()
        assert isinstance(found, BoxLabel)
        assert (found.x, found.y, found.width, found.height) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("format_id", FORMATS)
def test_classes_fix_order_and_membership(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    labels = tuple(BoxLabel(label=name, x=1, y=1, width=5, height=5) for name in ("b", "a", "z"))
    sink, report = written(
        format_id, [WriteItem("a.png", tree, "p.png", WIDTH, HEIGHT, labels)], WriteOptions(classes=("c", "a", "b"))
    )
    assert [(refused.kind, refused.count) for refused in report.refused] == [("box", 1)]
    assert "z" in report.refused[0].reason
    back = Report()
    (found,) = FORMATS[format_id].read(sink.tree(), back)
    assert [label.label for label in found.labels or ()] == ["b", "a"]
    if format_id != "voc":
        assert back.classes == ["c", "a", "b"]


@pytest.mark.parametrize("format_id", FORMATS)
def test_pictures_are_copied_byte_for_byte_or_left_alone(format_id: str) -> None:
    item = WriteItem("a.png", MemoryTree({"p.png": PICTURE}), "p.png", WIDTH, HEIGHT, ())
    sink, report = written(format_id, [item])
    assert PICTURE in sink.files.values()
    assert report.files == len(sink.files)
    sink, report = written(format_id, [item], WriteOptions(media=False))
    assert PICTURE not in sink.files.values()
    assert report.files == len(sink.files)


@pytest.mark.parametrize("format_id", FORMATS)
def test_an_absent_picture_is_refused_and_its_labels_are_written(format_id: str) -> None:
    label = BoxLabel(label="a", x=1, y=1, width=5, height=5)
    item = WriteItem("gone.png", MemoryTree({}), "gone.png", WIDTH, HEIGHT, (label,))
    _, report = written(format_id, [item])
    assert [(refused.item, refused.kind) for refused in report.refused] == [("gone.png", "file")]
    assert report.labels == {"box": 1}


@pytest.mark.parametrize("format_id", FORMATS)
def test_names_that_collide_stay_apart(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    label = (BoxLabel(label="a", x=1, y=1, width=5, height=5),)
    names = ["images/train/1.png", "images/val/1.png", "1.jpg", "x/1.png", "X/1.PNG", "..", "a\\..\\b?.png"]
    items = [WriteItem(name, tree, "p.png", WIDTH, HEIGHT, label) for name in names]
    sink, report = written(format_id, items)
    assert not report.refused
    found = Report()
    back = list(FORMATS[format_id].read(sink.tree(), found))
    labelled = [item for item in back if item.labels]
    assert len(labelled) == len(names)
    assert len({item.path for item in labelled}) == len(names)
    assert all(".." not in path.split("/") for path in sink.files)


@pytest.mark.parametrize("format_id", FORMATS)
def test_hostile_texts_come_back_as_they_went(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    texts = [
        "<script>alert('x')</script>",
        '"quoted" & <b>bold</b>',
        "]]> --> <!-- <?xml",
        "- yaml: [trap]",
        "'#comment",
        "null",
        "1e3",
        "=SUM(A1)",
        " edge space ",
        "many\nlines\tand\rtabs",
        "裂纹 défaut 🧲",
        "x" * 200,
    ]
    labels = tuple(BoxLabel(label=text, x=1, y=1, width=5, height=5) for text in texts)
    sink, report = written(format_id, [WriteItem("<b>a</b>.png", tree, "p.png", WIDTH, HEIGHT, labels)])
    assert not report.refused
    (back,) = FORMATS[format_id].read(sink.tree(), Report())
    assert [label.label for label in back.labels or ()] == texts


@pytest.mark.parametrize("format_id", FORMATS)
def test_equal_input_gives_equal_bytes(format_id: str) -> None:
    tree = MemoryTree({"p.png": PICTURE})
    items = [WriteItem(f"{n}.png", tree, "p.png", WIDTH, HEIGHT, (ClassLabel(label="k"),)) for n in range(3)]
    assert written(format_id, items)[0].files == written(format_id, items)[0].files


@pytest.mark.parametrize("format_id", FORMATS)
def test_the_guide_says_what_each_format_holds(format_id: str) -> None:
    text = (Path(__file__).parents[3] / "docs/guides/formats.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if re.match(rf"\|\s*`{format_id}`\s*\|", line))
    for kind in FORMATS[format_id].kinds:
        assert f"`{kind}`" in row


def test_attributes_and_scores_come_back_where_a_format_has_a_place() -> None:
    tree = MemoryTree({"p.png": PICTURE})
    attributes: dict[str, AttributeValue] = {
        "difficult": True,
        "pose": "Left",
        "edge": "sharp <1>",
        "depth": 1.25,
        "tags": ["a", "b"],
        "ok": False,
    }
    label = BoxLabel(label="a", x=1, y=1, width=5, height=5, attributes=attributes, score=0.125)
    for format_id in ("coco", "voc"):
        sink, report = written(format_id, [WriteItem("a.png", tree, "p.png", WIDTH, HEIGHT, (label,))])
        assert not report.notes
        (found,) = read_back(format_id, sink)[0]["a.png"].labels or ()
        assert found.attributes == attributes
        assert found.score == 0.125
    _, report = written("yolo", [WriteItem("a.png", tree, "p.png", WIDTH, HEIGHT, (label,))])
    assert any("score" in note for note in report.notes)
    assert any("depth" in note for note in report.notes)


def test_a_picture_of_the_samples_is_whole() -> None:
    assert Image.open(io.BytesIO(PICTURE)).size == (WIDTH, HEIGHT)
