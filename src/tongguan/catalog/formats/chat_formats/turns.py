"""A conversation as the text of an item: {"turns": [{"role", "text"}], "answers": [{"key", "text"}]} as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.jsonio import parse

ROLES = {
    "human": "user",
    "user": "user",
    "prompter": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
    "function_response": "tool",
    "observation": "tool",
    "developer": "system",
}


@dataclass(slots=True)
class Talk:
    """Turns as (role, text), and answers to compare as (key, text)."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    def json(self) -> str:
        """The text of the item."""
        raw: dict[str, Any] = {"turns": [{"role": role, "text": text} for role, text in self.turns]}
        if self.answers:
            raw["answers"] = [{"key": key, "text": text} for key, text in self.answers]
        return orjson.dumps(raw).decode()


def talk_of(text: str) -> Talk:
    """The conversation of an item; a plain text is one turn of a user."""
    try:
        raw = parse(text.encode("utf-8", "surrogatepass"), "")
    except ReadError:
        raw = None
    if not isinstance(raw, dict) or not isinstance(raw.get("turns"), list):
        return Talk([("user", text)])
    turns = [
        (str(one.get("role") or "user"), str(one.get("text") or "")) for one in raw["turns"] if isinstance(one, dict)
    ]
    answers = [
        (str(one.get("key") or at), str(one.get("text") or ""))
        for at, one in enumerate(raw.get("answers") or [])
        if isinstance(one, dict)
    ]
    return Talk(turns, answers)


def turn_of(raw: Any) -> tuple[str, str]:
    """Role and text of one turn in any of the usual forms. ReadError when it is none."""
    if not isinstance(raw, dict):
        raise ReadError("a turn is no object")
    role = raw.get("role", raw.get("from"))
    content = raw.get("content", raw.get("value"))
    if isinstance(content, list):
        # Parts of a message: what is no text has no place in a text.
        if any(not isinstance(part, dict) or part.get("type") != "text" for part in content):
            raise ReadError("a turn holds parts that are no text")
        content = "".join(str(part.get("text") or "") for part in content)
    if str(role) not in ROLES:
        raise ReadError(f"{str(role)[:40]} is no role")
    if raw.get("tool_calls") or not isinstance(content, str):
        raise ReadError("a turn calls tools, or has no text")
    return ROLES[str(role)], content
