"""Items that are no pictures: what is measured, copies and likenesses, labels past the end or across each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.catalog.media import made
from tests.catalog.samples import MemoryTree
from tongguan.catalog.formats.base import ReadItem, Report, Tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import parse_labels
from tongguan.prepare.checks import ItemFacts
from tongguan.prepare.checks.inspection import Inspection, inspect_tree
from tongguan.prepare.checks.label_overlap import LabelOverlap
from tongguan.prepare.checks.media_files import MediaFilesReader
from tongguan.prepare.checks.near_text import signature, text_clusters
from tongguan.prepare.checks.page import render
from tongguan.prepare.checks.registry import CHECKS

LONG = "轧机出口的钢板表面出现一条纵向划伤，长约三百毫米，位于边部。"


@dataclass
class Given:
    """A reader that yields what it was given."""

    items: list[ReadItem]
    id: str = "given"

    def sniff(self, tree: Tree) -> object:
        raise NotImplementedError

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        report.items = len(self.items)
        yield from self.items


def inspected(files: dict[str, bytes | str]) -> Inspection:
    return inspect_tree(MemoryTree(files), MediaFilesReader())


def found(inspection: Inspection) -> set[tuple[str, str, str | None]]:
    return {(problem.item, problem.check, problem.other) for problem in inspection.problems}


def test_sounds() -> None:
    data = made.sound(seconds=0.3)
    files = {"a.wav": data, "b.wav": data, "c.flac": made.sound("FLAC"), "d.wav": data[:-80], "e.mp3": b""}
    seen = inspected(dict(files))
    assert found(seen) == {
        ("b.wav", "duplicate", "a.wav"),
        ("d.wav", "truncated", None),
        ("e.mp3", "unreadable", None),
    }
    assert seen.tally.media == {"sound": 5}
    assert seen.tally.ranges()["rate"] == {"min": 8000, "median": 8000, "max": 8000}
    page = render(seen, MemoryTree(dict(files)), "sounds", "media", "because")
    assert "data:image/jpeg" in page
    assert "采样率" in page


def test_clouds_and_documents() -> None:
    seen = inspected({"a.pcd": made.pcd(), "b.las": made.las(), "c.pdf": made.pdf(), "d.pcd": made.pcd()[:-5]})
    assert found(seen) == {("d.pcd", "truncated", None)}
    assert seen.tally.media == {"point_cloud": 3, "document": 1}
    assert seen.tally.ranges()["points"]["max"] == 3


def test_lines_of_a_text() -> None:
    text = f"{LONG}\nOK\n\nOK\n{LONG}\n{LONG[:-1]}！\n另一条完全不同的说明文字，关于水冷系统的压力。\n"
    seen = inspected({"train/a.txt": text.encode("gb18030"), "val/b.txt": LONG})
    assert found(seen) == {
        ("train/a.txt:5", "duplicate", "train/a.txt:1"),
        ("val/b.txt:1", "duplicate", "train/a.txt:1"),
        ("train/a.txt:6", "near_duplicate", "train/a.txt:1"),
        ("val/b.txt:1", "split_group", "train/a.txt:1"),
    }
    assert seen.report.items == 7
    assert seen.tally.sides == {"train": 6, "kept": 1}


def test_conversations() -> None:
    seen = inspected({"a.jsonl": made.messages(1) + b'{"text": "no messages"}\n{"messages": [\n'})
    assert found(seen) == {("a.jsonl:2", "unreadable", None), ("a.jsonl:3", "unreadable", None)}
    assert seen.report.items == 3


def test_pictures_and_texts_together_are_left_to_formats_of_labels() -> None:
    reader = MediaFilesReader()
    assert reader.sniff(MemoryTree({"a.jpg": b"", "a.txt": "0 1 2"})).score == 0
    assert reader.sniff(MemoryTree({"a.wav": b"", "labels.xml": "<a/>"})).score == 0
    assert reader.sniff(MemoryTree({"a.wav": b"", "README.md": "about"})).score > 0


def test_likeness_of_texts() -> None:
    texts = [LONG, LONG + "。", "今天天气很好，适合去公园散步和拍照片。", "short"]
    signatures = [signature(text) for text in texts]
    assert signatures[3] is None
    assert text_clusters(signatures) == [0, 0, 2, 3]


def spans(*places: tuple[int, int, str]) -> tuple[LabelRecord, ...]:
    return tuple(parse_labels([{"kind": "span", "label": name, "start": a, "end": b} for a, b, name in places]))


def test_spans_past_the_end_and_across_each_other() -> None:
    text = "小明在北京钢铁厂工作"
    items = [
        ReadItem("a:1", None, spans((0, 2, "PER"), (3, 8, "ORG"), (3, 5, "LOC")), media="text", text=text),
        ReadItem("a:2", None, spans((0, 2, "PER"), (8, 30, "ORG")), media="text", text=text),
        ReadItem("a:3", None, spans((0, 4, "PER"), (2, 6, "ORG")), media="text", text=text),
        ReadItem("a:4", None, spans((0, 2, "PER"), (0, 2, "PER")), media="text", text=text),
        ReadItem("a:5", None, spans((3, 3, "PER")), media="text", text=text),
    ]
    seen = inspect_tree(MemoryTree({}), Given(items))  # type: ignore[arg-type]
    problems = [problem for problem in seen.problems if problem.check not in ("duplicate", "near_duplicate")]
    assert [(problem.item, problem.check) for problem in problems] == [
        ("a:2", "label_outside"),
        ("a:3", "label_overlap"),
        ("a:4", "label_overlap"),
        ("a:5", "zero_area"),
    ]
    assert "span ORG at 8 to 30, the text has 10 characters" in problems[0].detail
    assert problems[1].detail == "PER at 0 to 4 and ORG at 2 to 6"
    assert seen.tally.classes["span"]["PER"] == 6


def test_segments_past_the_end_of_a_recording() -> None:
    marks = parse_labels([{"kind": "sound_segment", "label": "speech", "start": 0.1, "end": 2.0}])
    item = ReadItem("a.wav", "a.wav", tuple(marks), media="sound")
    seen = inspect_tree(MemoryTree({"a.wav": made.sound(seconds=0.5)}), Given([item]))  # type: ignore[arg-type]
    assert [(problem.check, problem.detail) for problem in seen.problems] == [
        ("label_outside", "sound_segment speech at 0.1 to 2 s, the recording has 0.5 s"),
    ]


def test_an_outline_that_crosses_itself() -> None:
    marks = parse_labels([{"kind": "polygon", "label": "a", "points": [[0, 0], [10, 10], [10, 0], [0, 10]]}])
    facts = ItemFacts("a.jpg", labels=tuple(marks))
    assert [problem.check for problem in CHECKS["self_crossing"].item(facts)] == ["self_crossing"]


@pytest.mark.parametrize("places", [((0, 5, "A"), (5, 9, "B")), ((0, 9, "A"), (2, 4, "B")), ((0, 2, "A"), (0, 2, "B"))])
def test_what_is_no_slip(places: tuple[tuple[int, int, str], ...]) -> None:
    assert list(LabelOverlap().item(ItemFacts("a", labels=spans(*places)))) == []
