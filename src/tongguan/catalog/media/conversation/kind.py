"""The registered member for conversations: JSON Lines with messages."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.conversation.messages import messages_of
from tongguan.catalog.media.text.encoding import find_encoding

SUFFIXES = frozenset({".jsonl", ".ndjson"})
LONGEST_LINE = 64 * 2**20
SHOWN = 400


class ConversationType:
    """Contract of `MediaType` for `conversation`."""

    id = "conversation"
    title: Mapping[str, str] = {"en": "Conversation", "zh": "对话"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("conversations", "turns", "characters")
    limits = "64 MiB a conversation"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """The roles of the first conversation."""
        first = self._first(stream)
        roles = list(dict.fromkeys(role for role, _ in first))
        return MediaFacts("conversation", "jsonl", "application/jsonl", details={"roles": roles})

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Reads every line; names the first that is no conversation."""
        codec = find_encoding(stream)
        count = turns = characters = 0
        for number, line in enumerate(_lines(stream, codec), start=1):
            if line.strip():
                found = _parse(line, number)
                count, turns = count + 1, turns + len(found)
                characters += sum(len(text) for _, text in found)
        if not count:
            raise MediaProblem("unreadable", "the file is empty")
        details = {"conversations": count, "turns": turns, "characters": characters, "encoding": codec}
        return MediaFacts("conversation", "jsonl", "application/jsonl", details=details)

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first conversation, cut."""
        return Preview(text="\n".join(f"{role}: {text}" for role, text in self._first(stream))[:SHOWN])

    def _first(self, stream: BinaryIO) -> list[tuple[str, str]]:
        line = stream.readline(LONGEST_LINE)
        while line and not line.strip():
            line = stream.readline(LONGEST_LINE)
        stream.seek(0)
        if not line:
            raise MediaProblem("unreadable", "the file is empty")
        return _parse(line.decode(find_encoding(io.BytesIO(line))), 1)


def _lines(stream: BinaryIO, codec: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(stream.read()), encoding=codec)


def _parse(line: str, number: int) -> list[tuple[str, str]]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        check = "truncated" if "Unterminated" in str(error) or "Expecting" in str(error) else "unreadable"
        raise MediaProblem(
            check if line.lstrip().startswith("{") else "wrong_type", f"line {number} is no JSON: {error}"
        ) from error
    found = messages_of(record)
    if found is None:
        raise MediaProblem("wrong_type", f"line {number} holds no messages with a role and a text")
    return found
