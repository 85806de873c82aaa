"""Texts inside files: tagged sentences, JSON lines, tables with a column of texts, plain lines.

Every text is the item FILE:N, N from 1: the line, the row (header not counted), or the sentence of a tagged file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongguan.catalog.formats.paths import SIDES, suffix_of
from tongguan.catalog.formats.tag_sequences import is_tagged, sentences
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.span import SpanLabel

TAGGED = frozenset({".conll", ".conllu", ".bio", ".bmes", ".bioes", ".iob", ".ner", ".char"})
SUFFIXES = TAGGED | {".txt", ".csv", ".tsv", ".jsonl", ".ndjson", ".json"}
TEXT = ("text", "sentence", "content", "review", "query", "文本", "内容", "句子")
LABEL = ("label", "class", "target", "category", "标签", "类别")
GROUP = ("group", "分组", "组")
SIDE = ("side", "split", "划分")
SPANS = ("labels", "label", "spans", "entities", "entity")
MOST_FIELD = 2**27


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a file. labels None: nobody labelled it. problem: why it cannot be used."""

    number: int
    text: str
    labels: tuple[LabelRecord, ...] | None = None
    side: str | None = None
    group: str | None = None
    problem: str = ""


def format_of(name: str, text: str) -> str:
    """conll, jsonl, csv or lines, by the suffix and what stands inside."""
    suffix = suffix_of(name)
    if suffix == ".csv" or (suffix == ".tsv" and not is_tagged(text)):
        return "csv"
    if suffix in (".jsonl", ".ndjson", ".json"):
        return "jsonl"
    return "conll" if is_tagged(text) else "lines"


def entries(name: str, text: str, label_kind: str) -> Iterator[Entry]:
    """All texts of a file. Raises ValueError that names the line."""
    how = format_of(name, text)
    if how == "csv":
        yield from _of_table(text, "\t" if suffix_of(name) == ".tsv" else _delimiter(text))
    elif how == "jsonl":
        yield from _of_json(text, label_kind)
    elif how == "conll":
        for number, one in enumerate(sentences(text), start=1):
            marks = tuple(
                SpanLabel(label=label, start=start, end=end, text=one.text[start:end])
                for start, end, label in one.spans
            )
            yield Entry(number, one.text, marks if label_kind == "span" else None)
    else:
        for number, line in enumerate(text.split("\n"), start=1):
            bare = line.removesuffix("\r")
            if bare.strip():
                yield Entry(number, bare)


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _of_table(text: str, delimiter: str) -> Iterator[Entry]:
    csv.field_size_limit(MOST_FIELD)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = list(rows.fieldnames or ())
    at = column(names, TEXT)
    if at is None:
        raise ValueError(f"line 1: no column is named {', '.join(TEXT[:3])}")
    for number, row in enumerate(rows, start=1):
        content = row.get(at) or ""
        label, side, group = (_cell(row, column(names, wanted)) for wanted in (LABEL, SIDE, GROUP))
        if content.strip():
            yield Entry(number, content, _class(label), SIDES.get(side.lower()), group or None)


def column(names: list[str], wanted: tuple[str, ...]) -> str | None:
    """The first of the wanted names that a table has."""
    return next((name for one in wanted for name in names if name and name.strip().lower() == one), None)


def _cell(row: Mapping[str, str | None], name: str | None) -> str:
    return (row.get(name) or "").strip() if name else ""


def _class(label: str) -> tuple[LabelRecord, ...] | None:
    return (ClassLabel(label=label[:200]),) if label else None


def _of_json(text: str, label_kind: str) -> Iterator[Entry]:
    for number, record in _records(text):
        if not isinstance(record, dict):
            raise ValueError(f"line {number}: an object with a text is wanted")
        key = next((name for name in TEXT if isinstance(record.get(name), str)), None)
        if key is None:
            raise ValueError(f"line {number}: no text; one of {', '.join(TEXT[:4])} is wanted")
        content: str = record[key]
        side = SIDES.get(str(next((record[name] for name in SIDE if name in record), "")).lower())
        group = next((str(record[name]) for name in GROUP if name in record), None)
        try:
            labels = _spans(record, content) if label_kind == "span" else _class_of(record)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            yield Entry(number, content, None, side, group, f"its labels cannot be read: {str(error)[:200]}")
        else:
            yield Entry(number, content, labels, side, group)


def _records(text: str) -> Iterator[tuple[int, Any]]:
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), start=1)
        except ValueError as error:
            raise ValueError(f"line {getattr(error, 'lineno', 1)}: {error}") from None
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number}: no JSON: {error}") from None


def _class_of(record: Mapping[str, Any]) -> tuple[LabelRecord, ...] | None:
    given = next((record[name] for name in (*LABEL, "labels") if record.get(name) not in (None, "", [])), None)
    if isinstance(given, list):
        if len(given) != 1:
            raise ValueError(f"{len(given)} label classes, where one is wanted")
        given = given[0]
    return None if given is None else _class(str(given).strip())


def _spans(record: Mapping[str, Any], text: str) -> tuple[LabelRecord, ...] | None:
    """[start, end, class] as doccano writes them, or objects with start, end (start_offset, end_offset) and label."""
    given = next((record[name] for name in SPANS if isinstance(record.get(name), list)), None)
    if given is None:
        return None
    return tuple(_span(one, text) for one in given)


def _span(one: Any, text: str) -> SpanLabel:
    if isinstance(one, dict):
        start = one["start"] if "start" in one else one["start_offset"]
        end = one["end"] if "end" in one else one["end_offset"]
        label = one["label"] if "label" in one else one["type"]
    else:
        start, end, label = one[0], one[1], one[2]
    if not 0 <= int(start) < int(end) <= len(text):
        raise ValueError(f"{start} to {end} is not inside a text of {len(text)} characters")
    return SpanLabel(label=str(label), start=int(start), end=int(end), text=text[int(start) : int(end)])
