"""Every format of the registry keeps the same promises: what it writes it reads back; what it cannot hold it names."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.catalog.formats import drawn
from tests.catalog.samples import MemorySink, MemoryTree
from tongguan.catalog.formats.base import Format, ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.paths import stem_of
from tongguan.catalog.formats.registry import FORMATS, detect
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.registry import KNOWN_KINDS
from tongguan.catalog.media.registry import MEDIA_TYPES

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    lambda name: bool(name.strip())
)
WORDS = st.text("abcxyzäß裂纹", min_size=1, max_size=8)
HOLDING = [format_id for format_id, format_ in FORMATS.items() if format_.kinds]
# Shrinking would take minutes where several formats write and read: the first example found says enough.
QUICK = settings(
    suppress_health_check=list(HealthCheck), deadline=None, max_examples=4, derandomize=True, phases=[Phase.generate]
)
PAIRS = [(format_id, kind) for format_id, format_ in FORMATS.items() for kind in sorted(format_.kinds)]


def written(format_id: str, items: list[WriteItem], options: WriteOptions | None = None) -> tuple[MemorySink, Report]:
    sink, report = MemorySink(), Report()
    FORMATS[format_id].write(iter(items), sink, options or WriteOptions(), report)
    return sink, report


def read_back(format_id: str, sink: MemorySink) -> tuple[dict[str, ReadItem], Report]:
    report = Report()
    items = list(FORMATS[format_id].read(sink.tree(), report))
    return {stem_of(item.name) if item.path else item.name: item for item in items}, report


def in_order(format_: Format, items: list[WriteItem], back: dict[str, ReadItem]) -> list[tuple[WriteItem, ReadItem]]:
    """Written and read items side by side: by name, or where names are not kept in their order."""
    if "names" in format_.keeps:
        return [(item, back[stem_of(item.name)]) for item in items]
    written_items = sorted(items, key=lambda item: item.side or "")
    return list(zip(written_items, sorted(back.values(), key=lambda item: item.side or ""), strict=True))


def names_of(format_: Format) -> st.SearchStrategy[str]:
    """Names of label classes that a format can write."""
    only = getattr(format_, "only_labels", ())
    if only:
        return st.sampled_from(only)
    return NAMES if "any_names" in format_.keeps else WORDS


@st.composite
def datasets(draw: st.DrawFn, format_: Format, kind: str) -> list[WriteItem]:
    """A few items with labels of a kind; some have "nothing here" where the format can say so."""
    names = draw(st.lists(names_of(format_), min_size=1, max_size=3, unique=True))
    sided = "sides" in format_.keeps and draw(st.booleans())
    least, most = (0 if "empty" in format_.keeps else 1), getattr(format_, "most_labels", 3)
    items = []
    for number in range(draw(st.integers(1, 3))):
        side = draw(st.sampled_from(("train", "kept", "line"))) if sided else None
        count = draw(st.integers(least, most))
        labels: tuple[LabelRecord, ...] = tuple(drawn.label(draw, format_, kind, names) for _ in range(count))
        items.append(drawn.item(format_, kind, fitting(kind, labels), f"plate_{number}", side))
    return items


def fitting(kind: str, labels: tuple[LabelRecord, ...]) -> tuple[LabelRecord, ...]:
    """A class once; spans and sounds that do not overlap, since not every format holds that; one mask."""
    if kind in ("class", "text_answer"):
        return tuple({label.label: label for label in labels}.values())
    if kind in ("span", "sound_segment"):
        kept: list[LabelRecord] = []
        for label in sorted(labels, key=lambda one: getattr(one, "start")):  # noqa: B009
            if not kept or getattr(label, "start") > getattr(kept[-1], "end"):  # noqa: B009
                kept.append(label)
        return tuple(kept)
    if kind == "mask":
        return labels[:1]
    return labels


@pytest.mark.parametrize("format_id", FORMATS)
def test_declares_known_kinds_and_media(format_id: str) -> None:
    format_ = FORMATS[format_id]
    assert format_.id == format_id
    assert format_.kinds <= set(KNOWN_KINDS)
    assert format_.media
    assert format_.keeps <= {
        "sides",
        "unlabelled",
        "empty",
        "order",
        "attributes",
        "lists",
        "score",
        "names",
        "any_names",
    }
    for kind in format_.kinds:
        assert drawn.medium(format_, kind)
    assert "image" in MEDIA_TYPES


@pytest.mark.parametrize(("format_id", "kind"), PAIRS)
def test_write_then_read_is_equal_within_a_thousandth_of_a_pixel(format_id: str, kind: str) -> None:
    format_ = FORMATS[format_id]

    @settings(
        suppress_health_check=list(HealthCheck),
        deadline=None,
        max_examples=4,
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(datasets(format_, kind))
    def check(items: list[WriteItem]) -> None:
        sink, report = written(format_id, items)
        assert not report.refused
        back, read = read_back(format_id, sink)
        assert not read.refused
        assert read.items == len(items)
        assert read.labels == report.labels
        for item, found in in_order(format_, items, back):
            if "sides" in format_.keeps:
                assert found.side == item.side
            assert found.media == item.media
            assert found.path is not None or found.text is not None
            if item.media == "conversation":
                assert json.loads(found.text or "") == json.loads(item.text or "")
            else:
                assert found.text == item.text
            assert found.labels is not None
            drawn.assert_same(item.labels or (), found.labels)
        several = len({label.label for item in items for label in item.labels or ()}) > 1
        # Pictures in a single folder say nothing.
        if all(item.labels for item in items) and (several or format_id != "class-folders"):
            assert detect(sink.tree()).format.id == format_id

    check()


@pytest.mark.parametrize("format_id", HOLDING)
def test_other_kinds_are_refused_and_never_vanish(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    name = getattr(format_, "only_labels", ("a",))[0]
    good = drawn.plain(main, name, format_)
    for kind in drawn.PLAIN:
        if kind in format_.kinds:
            continue
        other = drawn.plain(kind, name)
        items = [drawn.item(format_, main, (good, other, other), "both"), drawn.item(format_, main, (other,), "only")]
        sink, report = written(format_id, items)
        found = {(refused.item.partition(".")[0], refused.kind): refused.count for refused in report.refused}
        assert found["both", kind] == 2
        assert found["only", kind] == 1
        assert report.labels == {main: 1}
        back, _ = read_back(format_id, sink)
        labelled = [item for item in back.values() if item.labels]
        assert len(labelled) == 1
        drawn.assert_same((good,), labelled[0].labels or ())
        # An item that lost all its labels must not come back as "nothing here".
        assert all(item.labels is None for item in back.values() if item is not labelled[0])


@pytest.mark.parametrize("format_id", FORMATS)
def test_items_of_other_media_types_are_refused(format_id: str) -> None:
    format_ = FORMATS[format_id]
    others = [media for media in drawn.ANY if media not in format_.media]
    items = [WriteItem(f"x{at}", None, None, 0, 0, (), None, media, "text") for at, media in enumerate(others)]
    _, report = written(format_id, items)
    assert [refused.kind for refused in report.refused] == ["item"] * len(others)


@pytest.mark.parametrize("format_id", HOLDING)
def test_unlabelled_and_nothing_here_are_two_things(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    name = getattr(format_, "only_labels", ("a",))[0]
    items = [
        drawn.item(format_, main, (), "empty"),
        drawn.item(format_, main, None, "unlabelled"),
        drawn.item(format_, main, (drawn.plain(main, name, format_),), "full"),
    ]
    sink, report = written(format_id, items)
    back, _ = read_back(format_id, sink)
    expected = {name for name in ("empty", "unlabelled") if name not in format_.keeps}
    assert {refused.item.partition(".")[0] for refused in report.refused} == expected
    assert {refused.kind for refused in report.refused} <= {"item"}
    assert sum(item.labels == () for item in back.values()) == ("empty" in format_.keeps)
    assert sum(bool(item.labels) for item in back.values()) == 1


@pytest.mark.parametrize("format_id", [key for key, value in FORMATS.items() if "box" in value.kinds])
def test_rounding_only_when_asked(format_id: str) -> None:
    format_ = FORMATS[format_id]
    name = getattr(format_, "only_labels", ("a",))[0]
    box = BoxLabel(label=name, x=1.5, y=2.4, width=10.2, height=7.7)
    for rounded, expected in ((False, (1.5, 2.4, 10.2, 7.7)), (True, (2, 2, 10, 8))):
        sink, _ = written(format_id, [drawn.item(format_, "box", (box,))], WriteOptions(round=rounded))
        (item,) = read_back(format_id, sink)[0].values()
        (found,) = item.labels or ()
        assert isinstance(found, BoxLabel)
        assert (found.x, found.y, found.width, found.height) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("format_id", HOLDING)
def test_classes_fix_order_and_membership(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    if getattr(format_, "only_labels", ()):
        return
    labels = [drawn.plain(main, name, format_) for name in ("b", "a", "z")]
    items = [drawn.item(format_, main, (label,), f"plate_{at}") for at, label in enumerate(labels)]
    sink, report = written(format_id, items, WriteOptions(classes=("c", "a", "b")))
    assert [refused.kind for refused in report.refused if refused.kind != "item"] == [main]
    assert "z" in report.refused[0].reason
    back = Report()
    found = list(FORMATS[format_id].read(sink.tree(), back))
    assert {label.label for item in found for label in item.labels or ()} == {"a", "b"}
    if "order" in format_.keeps:
        assert back.classes == ["c", "a", "b"]


@pytest.mark.parametrize("format_id", [key for key, value in FORMATS.items() if "image" in value.media])
def test_pictures_are_copied_byte_for_byte_or_left_alone(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    name = getattr(format_, "only_labels", ("a",))[0]
    item = drawn.item(format_, main, (drawn.plain(main, name, format_),))
    if item.media != "image":
        return
    sink, report = written(format_id, [item])
    assert drawn.PICTURE in sink.files.values()
    assert report.files == len(sink.files)
    sink, report = written(format_id, [item], WriteOptions(media=False))
    assert drawn.PICTURE not in sink.files.values()
    assert report.files == len(sink.files)


@pytest.mark.parametrize("format_id", [key for key, value in FORMATS.items() if "image" in value.media])
def test_an_absent_picture_is_refused_and_its_labels_are_written(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    label = drawn.plain(main, getattr(format_, "only_labels", ("a",))[0], format_)
    item = WriteItem("gone.png", MemoryTree({}), "gone.png", drawn.WIDTH, drawn.HEIGHT, (label,))
    if drawn.medium(format_, main) != "image":
        return
    _, report = written(format_id, [item])
    assert [(refused.item, refused.kind) for refused in report.refused] == [("gone.png", "file")]
    assert report.labels == {main: 1}


@pytest.mark.parametrize("format_id", [key for key, value in FORMATS.items() if "image" in value.media])
def test_names_that_collide_stay_apart(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    if drawn.medium(format_, main) != "image":
        return
    label = (drawn.plain(main, getattr(format_, "only_labels", ("a",))[0], format_),)
    names = ["images/train/1.png", "images/val/1.png", "1.jpg", "x/1.png", "X/1.PNG", "..", "a\\..\\b?.png"]
    items = [WriteItem(name, drawn.TREE, "p.png", drawn.WIDTH, drawn.HEIGHT, label) for name in names]
    sink, report = written(format_id, items)
    assert not report.refused
    back = list(FORMATS[format_id].read(sink.tree(), Report()))
    labelled = [item for item in back if item.labels]
    assert len(labelled) == len(names)
    assert len({item.path for item in labelled}) == len(names)
    assert all(".." not in path.split("/") for path in sink.files)


HOSTILE = [
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


@pytest.mark.parametrize("format_id", HOLDING)
def test_hostile_texts_come_back_as_they_went_or_are_refused(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    found: list[str] = []
    refused = 0
    for at, text in enumerate(HOSTILE):
        sink, report = written(format_id, [drawn.item(format_, main, (drawn.plain(main, text, format_),), f"p{at}")])
        refused += any(each.kind == main for each in report.refused)
        for item in FORMATS[format_id].read(sink.tree(), Report()):
            found += [label.label for label in item.labels or ()]
    assert len(found) + refused == len(HOSTILE)
    assert [text for text in HOSTILE if text in found] == found
    if "any_names" in format_.keeps:
        assert not refused


@pytest.mark.parametrize("format_id", HOLDING)
def test_equal_input_gives_equal_bytes(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    items = [drawn.item(format_, main, (drawn.plain(main, "k", format_),), f"{n}") for n in range(3)]
    assert written(format_id, items)[0].files == written(format_id, items)[0].files


@pytest.mark.parametrize("format_id", [key for key, value in FORMATS.items() if "attributes" in value.keeps])
def test_attributes_and_scores_come_back_where_a_format_has_a_place(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    attributes: dict[str, AttributeValue] = {"difficult": True, "pose": "Left", "edge": "sharp <1>", "depth": 1.25}
    attributes |= {"ok": False}
    if "lists" in format_.keeps:
        attributes["tags"] = ["a", "b"]
    score = 0.125 if "score" in format_.keeps else None
    label = drawn.plain(main, "a", format_).model_copy(update={"attributes": attributes, "score": score})
    sink, report = written(format_id, [drawn.item(format_, main, (label,))])
    assert not report.notes
    (item,) = read_back(format_id, sink)[0].values()
    (found,) = item.labels or ()
    assert found.attributes == attributes
    assert found.score == score


@pytest.mark.parametrize("format_id", [key for key in HOLDING if "attributes" not in FORMATS[key].keeps])
def test_what_has_no_place_is_said(format_id: str) -> None:
    format_ = FORMATS[format_id]
    main = drawn.primary(format_)
    name = getattr(format_, "only_labels", ("a",))[0]
    label = drawn.plain(main, name, format_).model_copy(update={"attributes": {"depth": 1.25}})
    _, report = written(format_id, [drawn.item(format_, main, (label,))])
    assert any("depth" in note for note in report.notes)
