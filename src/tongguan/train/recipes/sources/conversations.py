"""Conversations: every object of a JSON list or of JSON lines is an item, its bytes are its turns as JSON.

The labels of an item are the turns that a model should learn to give: those of the assistant, as turn edits.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.chat_formats.formats import (
    SUFFIXES,
    AlpacaFormat,
    ChatFormat,
    MessagesFormat,
    ShareGptFormat,
)
from tongguan.catalog.formats.chat_formats.turns import Talk, talk_of
from tongguan.catalog.labels.text_answer import TextAnswerLabel
from tongguan.catalog.labels.turn_edit import TurnEditLabel
from tongguan.catalog.metrics.answers import ANSWER
from tongguan.train.recipes.base import ItemUnreadable, UsageProblem
from tongguan.train.recipes.items import LeftOut, sha256_hex
from tongguan.train.recipes.language_parts.local_model import checked_folder
from tongguan.train.recipes.reading import open_source
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.talks import TalkTree, group_of, read_talks

_FORMATS: tuple[ChatFormat, ...] = (ShareGptFormat(), MessagesFormat(), AlpacaFormat())
FORMATS: Mapping[str, ChatFormat] = {one.id: one for one in _FORMATS}


class Conversations:
    """Contract of `Media` for conversations."""

    id = "conversation"
    suffixes = SUFFIXES
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every conversation in which an assistant answers. The recipe's model is looked at first: without one that
        can be taken, nothing needs reading."""
        if "model" in type(asked.params).model_fields:
            checked_folder(str(getattr(asked.params, "model", "")))
        return read_talks(path, lambda tree: _chosen(tree, format_id, path), _found, partial(_nothing, path), progress)

    def open(self, path: Path) -> OpenTree:
        """Every conversation by its path."""
        return TalkTree(open_source(path), _contents)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The conversations of a file, whatever is answered in them. Raises ItemUnreadable."""
        tree, report = _OneFile(name, content), Report()
        chosen = next((one for one in FORMATS.values() if one.sniff(tree).score > 0), None)
        if chosen is None:
            raise ItemUnreadable("conversation_unreadable", f"{name}: no {', '.join(FORMATS)}")
        try:
            for item in chosen.read(tree, report):
                yield item.name, _talk(item).json().encode()
        except ReadError as error:
            raise ItemUnreadable("conversation_unreadable", str(error)) from error
        if report.refused:
            raise ItemUnreadable("conversation_unreadable", report.refused[0].reason)


def _contents(tree: Tree) -> Iterator[tuple[str, bytes]]:
    # An object with the keys of two formats is what the first of them says, as `members` takes it.
    for one in FORMATS.values():
        for item in one.read(tree, Report()):
            yield item.name, _talk(item).json().encode()


def _nothing(path: Path, why: str) -> UsageProblem:
    return UsageProblem("nothing_to_train", f"{path} holds no conversation with an answer{why}")


class _OneFile:
    """A tree of one file in memory."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name, self._content = name, content

    def list(self) -> list[str]:
        return [self._name]

    def open(self, path: str) -> BinaryIO:
        if path != self._name:
            raise FileNotFoundError(path)
        return io.BytesIO(self._content)

    def size(self, path: str) -> int:
        return len(self._content) if path == self._name else 0


def _chosen(tree: Tree, format_id: str, path: Path) -> tuple[ChatFormat, str]:
    if format_id != "auto":
        if format_id not in FORMATS:
            names = ", ".join(FORMATS)
            raise UsageProblem("unknown_format", f"conversations are read as auto, {names}, not {format_id!r}")
        return FORMATS[format_id], "named by the caller"
    sniffed = sorted(((one.sniff(tree), one) for one in FORMATS.values()), key=lambda pair: -pair[0].score)
    (first, chosen), (second, _), *_ = sniffed
    if first.score <= second.score:
        raise UsageProblem(
            "format_undecidable",
            f"{path} holds no conversations, or several formats of them; name one with --format",
            candidates=list(FORMATS),
        )
    return chosen, first.evidence


def _talk(item: ReadItem) -> Talk:
    """The turns of an item, with the answer of Alpaca as the last one."""
    talk = talk_of(item.text or "")
    for label in item.labels or ():
        if isinstance(label, TextAnswerLabel) and label.text:
            talk.turns.append(("assistant", label.text))
    return talk


def _found(item: ReadItem) -> Found | LeftOut:
    talk = _talk(item)
    answers = tuple(answers_of(talk.turns))
    if not answers:
        return LeftOut(name=item.name, reason="no turn of an assistant answers anything")
    content = talk.json().encode()
    return Found(item.name, item.name, sha256_hex(content), answers, item.side, group_of(item, _question(talk.turns)))


def answers_of(turns: Iterable[tuple[str, str]]) -> Iterator[TurnEditLabel]:
    """The turns of the assistant that follow something and say something."""
    for at, (role, text) in enumerate(turns):
        if role == "assistant" and at and text.strip():
            yield TurnEditLabel(label=ANSWER, turn=at, text=text)


def _question(turns: list[tuple[str, str]]) -> str:
    """What is asked first: conversations that begin with it share a group, width and case aside."""
    asked: list[str] = []
    for role, text in turns:
        if role == "assistant" and asked:
            break
        if role != "system":
            asked.append(text)
    return unicodedata.normalize("NFKC", " ".join(asked)).casefold()


def turns_of(content: bytes) -> list[tuple[str, str]]:
    """The turns of an item's bytes. Raises ItemUnreadable where there is none."""
    try:
        turns: list[Any] = talk_of(content.decode("utf-8")).turns
    except UnicodeDecodeError as error:
        raise ItemUnreadable("conversation_unreadable", f"no UTF-8: {error}") from error
    if not any(text.strip() for _, text in turns):
        raise ItemUnreadable("conversation_unreadable", "the conversation holds no words")
    return turns
