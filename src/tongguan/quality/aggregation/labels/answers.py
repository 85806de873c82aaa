"""Reading a file of people's answers as labels: JSON or JSON lines, every bad answer named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import parse_labels
from tongguan.quality.aggregation.labels.merge import Answer
from tongguan.quality.aggregation.table import MOST_REFUSED, AnswersUnreadable, RefusedRow

# Names that are understood for each role, the first that an answer has.
NAMES: Mapping[str, tuple[str, ...]] = {
    "task": ("task", "item", "question"),
    "worker": ("worker", "person", "annotator"),
    "labels": ("labels", "label", "answer"),
}


@dataclass(frozen=True, slots=True)
class LabelAnswers:
    """The good answers, the refused ones (the first 1,000), how many were refused, and labels of other kinds."""

    answers: tuple[Answer, ...]
    refused: tuple[RefusedRow, ...]
    refused_count: int
    other_kinds: Mapping[str, int]


def read_label_answers(path: Path, kind: str) -> LabelAnswers:
    """Reads `[{"task": ..., "worker": ..., "labels": [...]}, ...]`, also one object a line, or under a key `answers`.

    A label without `kind` is of `kind`; one without `label` has the label class "thing". Of two answers of one worker
    to one task the second is refused. AnswersUnreadable when the file is no JSON.
    """
    answers: list[Answer] = []
    refused: list[RefusedRow] = []
    others: Counter[str] = Counter()
    count = 0
    seen: set[tuple[str, str]] = set()
    for row, raw in _rows(path):
        try:
            answer = _answer(raw, kind)
            if (answer.task, answer.worker) in seen:
                raise _Bad("worker", f"{answer.worker} answered {answer.task} before")
        except _Bad as error:
            count += 1
            if len(refused) < MOST_REFUSED:
                refused.append(RefusedRow(row, error.field, str(error)))
            continue
        seen.add((answer.task, answer.worker))
        others.update(label.kind for label in answer.labels if label.kind != kind)
        answers.append(answer)
    return LabelAnswers(tuple(answers), tuple(refused), count, dict(others))


class _Bad(ValueError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswersUnreadable(f"{path} is not UTF-8 near byte {error.start}: save it as UTF-8") from error
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _lines(path, text)
        return
    if isinstance(whole, dict) and isinstance(whole.get("answers"), list):
        whole = whole["answers"]
    yield from enumerate(whole if isinstance(whole, list) else [whole], start=1)


def _lines(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise AnswersUnreadable(f"{path}:{number}: no JSON: {error}") from error


def _answer(raw: Any, kind: str) -> Answer:
    if not isinstance(raw, dict):
        raise _Bad("", "an answer is an object with task, worker and labels")
    found = {}
    for role, names in NAMES.items():
        name = next((each for each in names if each in raw), None)
        if name is None or raw[name] is None or raw[name] == "":
            raise _Bad(role, f"the answer has no {' or '.join(names)}")
        found[role] = raw[name]
    labels = found["labels"] if isinstance(found["labels"], list) else [found["labels"]]
    return Answer(str(found["task"]), str(found["worker"]), _labels(labels, kind))


def _labels(raw: list[Any], kind: str) -> tuple[LabelRecord, ...]:
    records = []
    for each in raw:
        if isinstance(each, str) and kind == "class":
            records.append({"kind": kind, "label": each})
        elif isinstance(each, dict):
            records.append({"kind": kind, "label": "thing"} | each)
        else:
            raise _Bad("labels", "a label is an object with the fields of its kind")
    try:
        return parse_labels(records)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _Bad(f"labels.{place}"[:200], first["msg"][:200]) from error
    except ValueError as error:
        raise _Bad("labels", str(error)[:200]) from error
