"""Answers to compare: every object of a JSON list or of JSON lines with a prompt, a chosen and a rejected answer.

The bytes of an item are its conversation with the answers, as JSON. A model sees their texts, never their keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.chat_formats.formats import SUFFIXES, DpoFormat
from tongguan.catalog.formats.chat_formats.turns import Talk, talk_of
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.train.recipes.base import ItemUnreadable, UsageProblem
from tongguan.train.recipes.characters import normal
from tongguan.train.recipes.items import LeftOut, sha256_hex
from tongguan.train.recipes.language_parts.local_model import checked_folder
from tongguan.train.recipes.reading import open_source
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.talks import TalkTree, group_of, read_talks

FORMAT = DpoFormat()
ALIKE = 0.1
"""Answers whose lengths differ by less than this share of the longer one count as of one length."""
_UNREADABLE = "pair_unreadable"


class Pairs:
    """Contract of `Media` for pairs of answers."""

    id = "pairs"
    suffixes = SUFFIXES
    at_once = 32

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every pair of which people said which answer is better; equal answers and ties teach nothing. The recipe's
        encoder is looked at first: with one that cannot be taken, nothing needs reading."""
        encoder = str(getattr(asked.params, "encoder", ""))
        if encoder:
            checked_folder(encoder, "encoder")
        if format_id not in ("auto", FORMAT.id):
            raise UsageProblem("unknown_format", f"pairs are read as auto or {FORMAT.id}, not {format_id!r}")
        return read_talks(path, lambda _: (FORMAT, FORMAT.what), _found, partial(_nothing, path), progress)

    def open(self, path: Path) -> OpenTree:
        """Every pair by its path."""
        return TalkTree(open_source(path), _contents)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The items of a file, with two answers or more. Raises ItemUnreadable that names the line."""
        for number, raw in _objects(name, content):
            try:
                talk = _compared(raw)
            except ReadError as error:
                raise ItemUnreadable(_UNREADABLE, f"{name}:{number}: {error}") from error
            yield f"{name}:{number}", talk.json().encode()


def _contents(tree: Tree) -> Iterator[tuple[str, bytes]]:
    for item in FORMAT.read(tree, Report()):
        yield item.name, (item.text or "").encode()


def _nothing(path: Path, why: str) -> UsageProblem:
    message = f"{path} holds no pair of a chosen and a rejected answer{why}"
    return UsageProblem("format_undecidable", message, candidates=[FORMAT.id])


def _found(item: ReadItem) -> Found | LeftOut:
    """The pair, or why it teaches nothing."""
    talk, labels = talk_of(item.text or ""), tuple(item.labels or ())
    label = preference_of(labels)
    if label is None:
        return LeftOut(name=item.name, reason="nobody said which answer is better")
    better, worse = better_and_worse(talk, label)
    if not better.strip() and not worse.strip():
        return LeftOut(name=item.name, reason="both answers are empty")
    if better == worse:
        return LeftOut(name=item.name, reason="both answers are the same")
    # Prompts that differ in width, case or digits alone share a group.
    group = group_of(item, "".join(normal(prompt_of(talk))))
    digest, slices = sha256_hex(talk.json().encode()), {"length": _lengths(better, worse)}
    return Found(item.name, item.name, digest, labels, item.side, group, slices=slices)


def _lengths(better: str, worse: str) -> str:
    apart = len(better) - len(worse)
    if abs(apart) < ALIKE * max(len(better), len(worse)):
        return "better is about as long"
    return "better is longer" if apart > 0 else "better is shorter"


def preference_of(labels: Iterable[LabelRecord]) -> PreferenceLabel | None:
    """The comparison of an item; None without one, or where it is a tie."""
    return next((one for one in labels if isinstance(one, PreferenceLabel) and one.choice != "tie"), None)


def better_and_worse(talk: Talk, label: PreferenceLabel) -> tuple[str, str]:
    """The texts of the two. Raises ItemUnreadable where the conversation lacks one of them."""
    texts = dict(talk.answers)
    ends = (label.first, label.second) if label.choice == "first" else (label.second, label.first)
    absent = [end for end in ends if end not in texts]
    if absent:
        raise ItemUnreadable(_UNREADABLE, f"there is no answer {absent[0][:80]!r}, which the preference names")
    return texts[ends[0]], texts[ends[1]]


def prompt_of(talk: Talk) -> str:
    """All that was said before the answers."""
    return "\n".join(text for _, text in talk.turns)


def compared_talk(content: bytes) -> Talk:
    """The conversation of an item's bytes. Raises ItemUnreadable without two answers."""
    try:
        talk = talk_of(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ItemUnreadable(_UNREADABLE, f"byte {error.start + 1} is not UTF-8") from None
    if len({key for key, _ in talk.answers}) < 2:
        raise ItemUnreadable(_UNREADABLE, "fewer than two answers: there is nothing to compare")
    return talk


def _objects(name: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemUnreadable(_UNREADABLE, f"{name}: byte {error.start + 1} is not UTF-8") from None
    parts = [(1, text)] if text.lstrip().startswith("[") else list(enumerate(text.split("\n"), start=1))
    for number, part in parts:
        if not part.strip():
            continue
        try:
            raw = json.loads(part)
        except ValueError as error:
            raise ItemUnreadable(_UNREADABLE, f"{name}:{number}: no JSON: {error}") from None
        for at, one in enumerate(raw if isinstance(raw, list) else [raw]):
            if not isinstance(one, dict):
                raise ItemUnreadable(_UNREADABLE, f"{name}:{number + at}: no object")
            yield number + at, one


def _compared(raw: dict[str, Any]) -> Talk:
    """chosen and rejected, or `answers`: texts, or objects with key and text. Raises ReadError."""
    if {"chosen", "rejected"} <= set(raw):
        return FORMAT.talk(raw)[0]
    given = raw.get("answers")
    if not isinstance(given, list) or len(given) < 2:
        raise ReadError("neither `chosen` and `rejected` nor a list `answers` of two or more")
    if "turns" in raw:
        return talk_of(json.dumps(raw))
    answers = [_answer(at, one) for at, one in enumerate(given, start=1)]
    if len({key for key, _ in answers}) < len(answers):
        raise ReadError("two answers share a key")
    talk = FORMAT.talk({"prompt": raw.get("prompt"), "chosen": "", "rejected": ""})[0]
    return Talk(talk.turns, answers)


def _answer(at: int, given: Any) -> tuple[str, str]:
    if isinstance(given, str):
        return f"answer-{at}", given
    if isinstance(given, dict) and isinstance(given.get("text"), str):
        return str(given.get("key") or f"answer-{at}"), given["text"]
    raise ReadError(f"answer {at} is no text")
