"""The folder of an evaluation: items, models, and the answers so far, one line an item, so that a killed one goes on.

items.jsonl           the items in order, with labels and facts
task.json             task, rules, overlap
model/, champion/     the models, as they were stored
model.jsonl, …        a line per item: its position with the marks, or why the model cannot read it
figures.json          the outcome
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import dump_labels, parse_labels
from tongguan.train.recipes.folder import write_json, write_whole

SIDES = ("model", "champion")


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An item of the benchmark. key: by which it is known where it is stored."""

    position: int
    key: str
    name: str
    group: str
    width: int
    height: int
    labels: list[dict[str, Any]]
    brightness: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of an item: marks, or in words why it cannot read it."""

    position: int
    marks: tuple[LabelRecord, ...] | None
    unreadable: str = ""

    def line(self) -> bytes:
        """As a line of the file."""
        row: dict[str, Any] = {"position": self.position}
        if self.marks is None:
            row["unreadable"] = self.unreadable
        else:
            row["marks"] = dump_labels(self.marks)
        return orjson.dumps(row) + b"\n"


class WorkFolder:
    """One evaluation on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items_file = path / "items.jsonl"
        self.task_file = path / "task.json"
        self.figures_file = path / "figures.json"

    def model(self, side: str) -> Path:
        """The folder of a model."""
        return self.path / side

    def answers_file(self, side: str) -> Path:
        """The file of a model's answers."""
        return self.path / f"{side}.jsonl"

    @property
    def sides(self) -> tuple[str, ...]:
        """model, and champion where there is one."""
        return tuple(side for side in SIDES if self.model(side).is_dir())

    def write(self, items: Iterable[WorkItem], task: dict[str, Any]) -> None:
        """Writes the items and what is asked; the task last, which makes the folder whole."""
        fields = WorkItem.__slots__
        lines = (orjson.dumps({name: getattr(item, name) for name in fields}) + b"\n" for item in items)
        write_whole(self.items_file, b"".join(lines))
        write_json(self.task_file, task)

    def items(self) -> list[WorkItem]:
        """The items in order."""
        with self.items_file.open("rb") as lines:
            return [WorkItem(**orjson.loads(line)) for line in lines]

    def task(self) -> dict[str, Any]:
        """What is asked."""
        found: dict[str, Any] = json.loads(self.task_file.read_bytes())
        return found

    def repair(self, side: str) -> set[int]:
        """Cuts off a line that a kill left unfinished; returns the positions that are answered."""
        file = self.answers_file(side)
        if not file.exists():
            return set()
        content = file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) != len(content):
            write_whole(file, whole)
        return {orjson.loads(line)["position"] for line in whole.splitlines()}

    def answers(self, side: str) -> dict[int, Answer]:
        """All answers of a model by position."""
        found = {}
        with self.answers_file(side).open("rb") as lines:
            for line in lines:
                answer = read_answer(line)
                found[answer.position] = answer
        return found


def read_answer(line: bytes) -> Answer:
    """Reads a line of an answers file."""
    row = orjson.loads(line)
    if "marks" not in row:
        return Answer(row["position"], None, row["unreadable"])
    return Answer(row["position"], parse_labels(row["marks"]))
