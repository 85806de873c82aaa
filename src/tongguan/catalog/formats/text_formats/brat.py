"""brat: NAME.txt as it is, and NAME.ann with spans (T), relations (R) and attributes (A) a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.lined import begin_part
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.output import OutputNames, side_path
from tongguan.catalog.formats.paths import side_of_folders, suffix_of
from tongguan.catalog.formats.sniffing import members_of, sniff_heads
from tongguan.catalog.formats.text import read_lines, read_text
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.relation import RelationLabel
from tongguan.catalog.labels.span import SpanLabel

LINE = re.compile(rb"^(?:T\d+\t\S+ \d+ \d+|[REMA#*N]\d*\t)")
OTHER = {"E": "item", "M": "item", "N": "item", "*": "relation", "#": "text_answer"}


class BratFormat(Describes):
    """Contract of `Format` for `brat`. Offsets are code points of the text file, line ends as they stand."""

    id = "brat"
    title = "brat"
    kinds = frozenset({"span", "relation"})
    media = frozenset({"text"})
    keeps = frozenset({"sides", "empty", "unlabelled", "names"})

    def sniff(self, tree: Tree) -> Sniff:
        """.ann files beside texts."""
        return sniff_heads(tree, {".ann"}, _fits, "spans of brat (T1, a name and two numbers)")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every text; without an .ann it is unlabelled."""
        members = frozenset(tree.list())
        for path in members_of(tree, {".txt"}):
            annotations = path[: -len(suffix_of(path))] + ".ann"
            report.items += 1
            try:
                text = read_text(tree, path)
            except ReadError as error:
                report.refuse(path, "file", str(error))
                continue
            marks = ItemMarks(path, report)
            labels = None
            if annotations in members:
                _read(tree, annotations, text, marks)
                labels = marks.settle()
            yield ReadItem(path, path, labels, side=side_of_folders(path), media="text", text=text)
        for path in members_of(tree, {".ann"}):
            if path[:-4] + ".txt" not in members:
                report.refuse(path, "file", f"{path}: its text is absent")

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE/NAME.txt and SIDE/NAME.ann."""
        out = Writing(self, sink, options, report)
        names = OutputNames()
        for item in items:
            begun = begin_part(item, out)
            if begun is None:
                continue
            text, labels = begun
            stem = side_path("", item, names.claim(item, item.side).removesuffix(".txt"))
            out.text(f"{stem}.txt", text)
            if labels is not None:
                rows = _rows(labels, text, item, out)
                if rows or not labels:
                    out.text(f"{stem}.ann", "".join(rows))
        out.finish()


def _fits(head: bytes, path: str) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    return not lines or all(LINE.match(line) for line in lines[: 5 if len(lines) > 5 else len(lines)])


def _read(tree: Tree, path: str, text: str, marks: ItemMarks) -> None:
    rows: list[tuple[int, list[str]]] = []
    given: dict[str, dict[str, AttributeValue]] = {}
    try:
        for at, line in read_lines(tree, path):
            columns = line.split("\t")
            if line[:1] == "A" and len(columns) > 1:
                words = columns[1].split(" ", 2)
                if len(words) > 1:
                    given.setdefault(words[1], {})[words[0]] = words[2] if len(words) > 2 else True
            elif line.strip():
                rows.append((at, columns))
    except ReadError as error:
        marks.refuse("file", str(error))
    for at, columns in rows:
        where = f"{path} line {at}"
        if columns[0][:1] == "T":
            _span(columns, text, given.get(columns[0], {}), where, marks)
        elif columns[0][:1] == "R":
            match = re.match(r"(\S+) Arg1:(\S+) Arg2:(\S+)\s*$", columns[1] if len(columns) > 1 else "")
            if match:
                fields = {"source": match.group(2), "target": match.group(3)}
                marks.add(match.group(1), ("relation", fields), given.get(columns[0]), identity=columns[0])
            else:
                marks.refuse("relation", f"{where}: not a name, Arg1 and Arg2")
        elif columns[0][:1] in OTHER:
            marks.unsupported(OTHER[columns[0][:1]], f"a line {columns[0][:1]} of brat is not read")
        else:
            marks.refuse("span", f"{where}: not a line of brat")


def _span(columns: list[str], text: str, given: dict[str, AttributeValue], where: str, marks: ItemMarks) -> None:
    match = re.match(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)$", columns[1] if len(columns) > 1 else "")
    if not match:
        marks.refuse("span", f"{where}: not a name and pairs of numbers")
        return
    pieces = [tuple(int(number) for number in pair.split()) for pair in match.group(2).split(";")]
    start, end = pieces[0][0], pieces[-1][1]
    if end > len(text):
        marks.refuse("span", f"{where}: {end} lies beyond the {len(text)} characters of the text")
        return
    fields = {"start": start, "end": end, "text": text[start:end], "pieces": pieces if len(pieces) > 1 else ()}
    marks.add(match.group(1), ("span", fields), given, identity=columns[0])


def _rows(labels: Iterable[LabelRecord], text: str, item: WriteItem, out: Writing) -> list[str]:
    found = list(labels)
    names: dict[str, str] = {}
    for label in found:
        if isinstance(label, SpanLabel):
            names[label.id or f"#{len(names)}"] = f"T{len(names) + 1}"
    rows, spans, relations = [], 0, 0
    for label in found:
        if re.search(r"\s", label.label):
            out.refuse(item, label, "a name in brat holds no white space")
            spans += isinstance(label, SpanLabel)
            continue
        if isinstance(label, SpanLabel):
            spans += 1
            places = ";".join(f"{start} {end}" for start, end in (label.pieces or ((label.start, label.end),)))
            said = " ".join(text[start:end] for start, end in (label.pieces or ((label.start, label.end),)))
            said = re.sub(r"[\r\n\t]", " ", said)
            rows.append(f"T{spans}\t{label.label} {places}\t{said}\n")
        elif isinstance(label, RelationLabel):
            ends = [names.get(end, end) for end in (label.source, label.target)]
            relations += 1
            rows.append(f"R{relations}\t{label.label} Arg1:{ends[0]} Arg2:{ends[1]}\n")
        out.done(label)
    return rows
