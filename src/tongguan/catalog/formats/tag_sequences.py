"""Text with one tag per token, a token a line, sentences parted by empty lines, as CoNLL-2003 began it.

Tags are BIO, IOB1, BIOES, BMEW, BMES, BILOU or whatever mixes them: a span begins at B, S, U, W or where the class
changes, goes on at I, M, E, L, and ends after E, L, S, U, W or before anything else. The tag is the last column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tongguan.catalog.formats.text_formats.tokens import placed

Span = tuple[int, int, str]
_TAG = re.compile(r"^(?:O|[BIMESLU][-_].+)$")
_NUMBERED = re.compile(r"^(.+?)(\d{1,3})$", re.DOTALL)
_ALONE = frozenset("SUW")
_LAST = frozenset("ELSUW")
SNIFFED = 200


@dataclass(frozen=True, slots=True)
class Sentence:
    """text, and spans by start, end (excluded) in code points and label class."""

    text: str
    spans: tuple[Span, ...]


def is_tagged(text: str) -> bool:
    """Whether the first lines are tokens with tags, at least one of them inside a span or none."""
    rows = [line.split() for line in text.splitlines()[:SNIFFED] if line.strip() and not line.startswith("-DOCSTART-")]
    return bool(rows) and all(len(row) >= 2 and _TAG.match(row[-1]) for row in rows)


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a file. Raises ValueError that names the line where one has no tag."""
    found = list(_rows(text))
    if _are_numbered([tokens for tokens, _ in found]):
        found = [([_bare(token) for token in tokens], tags) for tokens, tags in found]
    spaced = _are_words([tokens for tokens, _ in found])
    for tokens, tags in found:
        said, places = placed(tokens, lambda before, after: spaced and not (_is_wide(before) and _is_wide(after)))
        yield Sentence(
            said, tuple((places[start].start, places[end - 1].end, label) for start, end, label in spans_of(tags))
        )


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Tags of tokens -> spans of tokens."""
    out: list[Span] = []
    start, label = -1, ""
    for at, tag in enumerate(tags):
        place, named = (tag[:1], tag[2:]) if len(tag) > 2 and tag[1] in "-_" else ("O", "")
        if start >= 0 and (place == "O" or place == "B" or place in _ALONE or named != label):
            out.append((start, at, label))
            start = -1
        if place != "O" and start < 0:
            start, label = at, named
        if place in _LAST and start >= 0:
            out.append((start, at + 1, label))
            start = -1
    if start >= 0:
        out.append((start, len(tags), label))
    return out


def _rows(text: str) -> Iterator[tuple[list[str], list[str]]]:
    tokens: list[str] = []
    tags: list[str] = []
    # Not splitlines(): characters such as U+2028 are tokens, not ends of lines.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip() or line.startswith("-DOCSTART-"):
            if tokens:
                yield tokens, tags
            tokens, tags = [], []
            continue
        parts = line.rstrip().split("\t") if "\t" in line else line.rstrip().rsplit(" ", 1)
        if len(parts) < 2 or not _TAG.match(parts[-1].strip()):
            raise ValueError(f"line {number}: a token and a tag such as O or B-PER are wanted, not {line[:40]!r}")
        first = parts[0] if "\t" in line else parts[0].split(" ")[0]
        tokens.append(first or " ")
        tags.append(parts[-1].strip())
    if tokens:
        yield tokens, tags


def _are_numbered(found: Sequence[Sequence[str]]) -> bool:
    """Characters followed by their place in the word, as the Weibo corpus writes them (我0 们1)."""
    tokens = [token for row in found[:SNIFFED] for token in row]
    numbered = sum(bool(_NUMBERED.match(token)) for token in tokens)
    return bool(tokens) and numbered == len(tokens) and all(row[0].endswith("0") for row in found[:SNIFFED])


def _bare(token: str) -> str:
    match = _NUMBERED.match(token)
    return match.group(1) if match else token


def _are_words(found: Sequence[Sequence[str]]) -> bool:
    """Words rather than characters: then blanks stood between those that are not Chinese."""
    tokens = [token for row in found[:SNIFFED] for token in row]
    return bool(tokens) and sum(len(token) for token in tokens) > 1.5 * len(tokens)


def _is_wide(char: str) -> bool:
    return char >= "\u2e80"
