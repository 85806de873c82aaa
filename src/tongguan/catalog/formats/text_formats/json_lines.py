"""Texts with spans in JSON lines: doccano's, and the plain form that spaCy, Prodigy and many scripts use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import orjson

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.lined import Sides, begin_part, part_item, side_of
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes, number
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.relation import RelationLabel
from tongguan.catalog.labels.span import SpanLabel

SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})


def records(tree: Tree, path: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number of the line, object) of JSON lines; what is broken is refused with its line."""
    try:
        for at, line in read_lines(tree, path):
            if not line.strip():
                continue
            try:
                raw = parse(line.encode("utf-8", "surrogatepass"), f"{path} line {at}")
            except ReadError as error:
                report.refuse(f"{path}:{at}", "item", str(error))
                continue
            if isinstance(raw, dict):
                yield at, raw
            else:
                report.refuse(f"{path}:{at}", "item", f"{path} line {at}: no object")
    except ReadError as error:
        report.refuse(path, "file", str(error))


def first_record(head: bytes) -> dict[str, Any]:
    """The object of the first line; {} where it is none or goes on beyond what was read."""
    try:
        raw = parse(head.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0], "")
    except ReadError:
        return {}
    return raw if isinstance(raw, dict) else {}


class SpansFormat(Describes):
    """Contract of `Format` for `jsonl-spans`: {"text", "spans": [{"start", "end", "label"}], "labels": [...]}."""

    id = "jsonl-spans"
    title = "JSON lines with spans"
    kinds = frozenset({"span", "class", "relation"})
    media = frozenset({"text"})
    keeps = frozenset({"sides", "empty", "unlabelled", "attributes", "lists", "score", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON lines with text and spans or entities."""
        return sniff_heads(tree, SUFFIXES, self.fits, f"{self.title}", one_is_enough=True, size=2**20)

    def fits(self, head: bytes, path: str) -> bool:
        """Whether a file begins like this."""
        first = first_record(head)
        text = isinstance(first.get("text", first.get("sentence")), str)
        named = any(isinstance(first.get(key), list) for key in ("spans", "labels"))
        return text and not _is_doccano(first) and (named or _plain_entities(first))

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every line."""
        for path in matching(tree, SUFFIXES, self.fits, 2**20):
            side = side_of(path)
            for at, raw in records(tree, path, report):
                name = f"{path}:{at}"
                text = raw.get("text", raw.get("sentence", raw.get("data")))
                if not isinstance(text, str):
                    report.refuse(name, "item", f"{path} line {at}: no text")
                    continue
                labelled = any(raw.get(key) is not None for key in ("spans", "labels", "label", "entities", "cats"))
                own = raw.get("split") if raw.get("split") in ("train", "kept", "test", "line") else side
                fill = partial(self.fill, raw, text, f"{path} line {at}") if labelled else None
                yield part_item(name, text, fill, report, own)

    def fill(self, raw: dict[str, Any], text: str, where: str, marks: ItemMarks) -> None:
        """Spans, classes and relations of one line."""
        for key in ("spans", "entities"):
            for one in raw.get(key) or []:
                _span(one, text, where, marks)
        labels = raw.get("labels", raw.get("label"))
        for name in labels if isinstance(labels, list) else [labels] if isinstance(labels, (str, int)) else []:
            _class_or_span(name, text, where, marks)
        for one in raw.get("relations") or []:
            _relation(one, where, marks)

    def record(self, text: str, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any]:
        """The object of one line."""
        if labels is None:
            return {"text": text}
        spans, names, relations = [], [], []
        for label in labels:
            extra: dict[str, Any] = {"attributes": label.attributes} if label.attributes else {}
            if label.score is not None:
                extra["score"] = label.score
            if label.id:
                extra["id"] = label.id
            if isinstance(label, SpanLabel):
                pieces = {"pieces": label.pieces} if label.pieces else {}
                said = text[label.start : label.end]
                spans.append(
                    {"start": label.start, "end": label.end, "label": label.label, "text": said, **pieces, **extra}
                )
            elif isinstance(label, ClassLabel):
                names.append(label.label if not extra else {"label": label.label, **extra})
            elif isinstance(label, RelationLabel):
                way = {} if label.directed else {"directed": False}
                relations.append({"label": label.label, "from": label.source, "to": label.target, **way, **extra})
        record: dict[str, Any] = {"text": text, "spans": spans}
        return record | ({"labels": names} if names else {}) | ({"relations": relations} if relations else {})

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE.jsonl."""
        out = Writing(self, sink, options, report)
        with Sides(out, ".jsonl") as sides:
            for item in items:
                begun = begin_part(item, out)
                if begun is not None:
                    text, labels = begun
                    sides.add(item, orjson.dumps(self.record(text, labels)).decode())
                    for label in labels or ():
                        out.done(label)
            sides.finish()


class DoccanoFormat(SpansFormat):
    """Contract of `Format` for `doccano`: {"text", "label": [[start, end, name]]}, or entities and relations by id."""

    id = "doccano"
    title = "doccano"
    keeps = frozenset({"sides", "empty", "unlabelled", "any_names"})

    def fits(self, head: bytes, path: str) -> bool:
        """text and label, or entities with start_offset."""
        first = first_record(head)
        return isinstance(first.get("text", first.get("data")), str) and _is_doccano(first)

    def record(self, text: str, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any]:
        """The object of one line: entities and relations by numbers, classes under `cats`."""
        if labels is None:
            return {"text": text}
        numbers = {label.id: at for at, label in enumerate(labels) if isinstance(label, SpanLabel)}
        entities, cats, relations = [], [], []
        for at, label in enumerate(labels):
            if isinstance(label, SpanLabel):
                place = {"start_offset": label.start, "end_offset": label.end}
                entities.append({"id": at, "label": label.label, **place})
            elif isinstance(label, ClassLabel):
                cats.append(label.label)
            elif isinstance(label, RelationLabel):
                ends = {
                    "from_id": numbers.get(label.source, label.source),
                    "to_id": numbers.get(label.target, label.target),
                }
                relations.append({"type": label.label, **ends})
        record: dict[str, Any] = {"text": text, "entities": entities, "relations": relations}
        return record | ({"cats": cats} if cats else {})

    def fill(self, raw: dict[str, Any], text: str, where: str, marks: ItemMarks) -> None:
        """Also the classes under `cats`."""
        super().fill(raw, text, where, marks)
        for name in raw.get("cats") or []:
            marks.class_(str(name))


def _is_doccano(first: dict[str, Any]) -> bool:
    entities = first.get("entities")
    if isinstance(entities, list) and "relations" in first:
        return not entities or (isinstance(entities[0], dict) and "start_offset" in entities[0])
    label = first.get("label")
    return isinstance(label, list) and "spans" not in first


def _plain_entities(first: dict[str, Any]) -> bool:
    entities = first.get("entities")
    return isinstance(entities, list) and "relations" not in first


def _span(one: Any, text: str, where: str, marks: ItemMarks) -> None:
    raw = one
    if isinstance(one, list) and len(one) >= 3:
        raw = {"start": one[0], "end": one[1], "label": one[2]}
    if not isinstance(raw, dict):
        marks.refuse("span", f"{where}: a span is neither an object nor [start, end, label]")
        return
    start, end = (number(raw.get(key, raw.get(f"{key}_offset"))) for key in ("start", "end"))
    label = raw.get("label", raw.get("type", raw.get("label_type")))
    if start != start or end != end or end > len(text):
        marks.refuse("span", f"{where}: {str(raw)[:80]} does not lie in the {len(text)} characters of the text")
        return
    pieces = [tuple(piece) for piece in raw.get("pieces") or []]
    fields = {"start": int(start), "end": int(end), "text": text[int(start) : int(end)], "pieces": pieces}
    score = number(raw.get("score"))
    identity = str(raw["id"]) if raw.get("id") is not None else ""
    marks.add(str(label or ""), ("span", fields), clean_attributes(raw.get("attributes")), _share(score), identity)


def _share(score: float) -> float | None:
    return score if 0 <= score <= 1 else None


def _class_or_span(name: Any, text: str, where: str, marks: ItemMarks) -> None:
    if isinstance(name, list):
        _span(name, text, where, marks)
    elif isinstance(name, dict) and "label" in name and "start" not in name:
        score = _share(number(name.get("score")))
        marks.class_(str(name["label"]), clean_attributes(name.get("attributes")), score, str(name.get("id") or ""))
    elif isinstance(name, dict):
        _span(name, text, where, marks)
    else:
        marks.class_(str(name))


def _relation(one: Any, where: str, marks: ItemMarks) -> None:
    if not isinstance(one, dict):
        marks.refuse("relation", f"{where}: a relation is no object")
        return
    ends = [one.get(short, one.get(long)) for short, long in (("from", "from_id"), ("to", "to_id"))]
    if any(end is None for end in ends):
        ends = [one.get(key) for key in ("head", "tail")]
    fields = {"source": str(ends[0]), "target": str(ends[1]), "directed": one.get("directed") is not False}
    marks.add(str(one.get("label", one.get("type")) or ""), ("relation", fields))
