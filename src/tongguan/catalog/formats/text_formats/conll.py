"""CoNLL: a token and its tag a line, an empty line between sentences. BIO, BIOES (BILOU) and BMES are read alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.lined import Sides, begin_part, part_item, side_of
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.tag_sequences import spans_of
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.formats.text_formats.tokens import Token, joined, pieces
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.span import SpanLabel

SUFFIXES = frozenset({".conll", ".bio", ".bmes", ".bioes", ".txt", ".tsv", ".ner", ".conllu", ".char"})
TAG = re.compile(r"^(?:O|[BIOEMSLUW][-_].+)$")
TEXT = "# text = "
_POSITION = re.compile(r"^\D?.\d$", re.DOTALL)


class ConllFormat(Describes):
    """Contract of `Format` for `conll`; written as BIO. A sentence is an item, called FILE:N."""

    id = "conll"
    title = "CoNLL"
    kinds = frozenset({"span"})
    media = frozenset({"text"})
    keeps = frozenset({"sides", "empty"})

    def sniff(self, tree: Tree) -> Sniff:
        """Lines of a token and a tag."""
        return sniff_heads(tree, SUFFIXES, _fits, "a token and a tag a line (BIO, BIOES or BMES)", size=8192)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every sentence of every file."""
        for path in matching(tree, SUFFIXES, _fits, 8192):
            yield from _sentences(tree, path, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE.conll."""
        out = Writing(self, sink, options, report)
        with Sides(out, ".conll", b"\n") as sides:
            for item in items:
                begun = begin_part(item, out)
                if begun is not None:
                    text, labels = begun
                    spans = _writable(labels or (), text, item, out)
                    if spans or not labels:
                        sides.add(item, _lines(text, spans))
            sides.finish()


def _fits(head: bytes, path: str) -> bool:
    lines = head.decode("utf-8", "replace").split("\n")
    if len(head) >= 8192:
        lines.pop()
    rows = [line for line in lines if line.strip() and not line.startswith((TEXT, "-DOCSTART-"))]
    if len(rows) < 2 and not (len(rows) == 1 and path.endswith(".conll")):
        return False
    good = sum(TAG.match(_columns(line.rstrip("\r"))[-1]) is not None and len(_columns(line)) > 1 for line in rows)
    return good >= 0.9 * len(rows)


def _columns(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split()


def _sentences(tree: Tree, path: str, report: Report) -> Iterator[ReadItem]:
    side, number = side_of(path), 0
    numbered: bool | None = None
    rows: list[tuple[int, str, str]] = []
    said = ""
    try:
        for at, line in _with_end(tree, path):
            if line.startswith(TEXT) and not rows:
                said = line.removeprefix(TEXT)
            elif line.strip(" \t") and not line.startswith("-DOCSTART-"):
                columns = _columns(line)
                rows.append((at, columns[0], columns[-1] if len(columns) > 1 else ""))
            elif rows or said:
                if numbered is None and len(rows) >= 1:
                    # Weibo's corpus writes after each character its place in the word.
                    numbered = all(_POSITION.match(token) for _, token, _ in rows)
                number += 1
                yield _sentence(rows, said, bool(numbered), f"{path}:{number}", side, report)
                rows, said = [], ""
    except ReadError as error:
        report.refuse(path, "file", str(error))


def _with_end(tree: Tree, path: str) -> Iterator[tuple[int, str]]:
    yield from read_lines(tree, path)
    yield 0, ""


def _sentence(
    rows: list[tuple[int, str, str]], said: str, numbered: bool, name: str, side: str | None, report: Report
) -> ReadItem:
    words = [token[:-1] if numbered else token for _, token, _ in rows]
    text, tokens = joined(words, said)
    fill = partial(_fill, text, tokens, [(at, tag) for at, _, tag in rows], name)
    return part_item(name, text, fill, report, side)


def _fill(text: str, tokens: list[Token], tags: list[tuple[int, str]], name: str, marks: ItemMarks) -> None:
    good: list[str] = []
    for at, tag in tags:
        fits = TAG.match(tag) is not None
        if not fits:
            marks.refuse("span", f"{name.rpartition(':')[0]} line {at}: {tag[:40]!r} is no tag")
        good.append(tag if fits else "O")
    for first, after, label in spans_of(good):
        start, end = tokens[first].start, tokens[after - 1].end
        marks.add(label, ("span", {"start": start, "end": end, "text": text[start:end]}))


def _writable(labels: Iterable[LabelRecord], text: str, item: WriteItem, out: Writing) -> list[SpanLabel]:
    good: list[SpanLabel] = []
    reach = 0
    spans = [label for label in labels if isinstance(label, SpanLabel)]
    for label in sorted(spans, key=lambda one: (one.start, one.end)):
        inside = text[label.start : label.end]
        if label.start < reach:
            reason = "it overlaps another, and a token has one tag"
        elif label.end > len(text) or not inside.strip() or inside != inside.strip():
            reason = "it is empty, leaves the text, or begins or ends with white space, which is no token"
        elif label.pieces:
            reason = "it has gaps"
        elif re.search(r"[\t\r\n]", label.label) or not label.label.strip():
            reason = "the name of its label class holds a tab or a line break"
        else:
            good.append(label)
            reach = label.end
            out.done(label)
            continue
        out.refuse(item, label, reason)
    return good


def _lines(text: str, spans: list[SpanLabel]) -> str:
    cuts = {place for span in spans for place in (span.start, span.end)}
    tokens = list(pieces(text, cuts))
    words = [text[token.start : token.end] for token in tokens]
    rows = []
    if joined(words, "")[0] != text or any(word.startswith(TEXT) or word == "-DOCSTART-" for word in words):
        escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        rows.append(TEXT + escaped)
    at = 0
    for token, word in zip(tokens, words, strict=True):
        while at < len(spans) and spans[at].end <= token.start:
            at += 1
        inside = at < len(spans) and spans[at].start <= token.start
        tag = f"{'B' if spans[at].start == token.start else 'I'}-{spans[at].label}" if inside else "O"
        rows.append(f"{word}\t{tag}")
    return "\n".join(rows) + "\n"
