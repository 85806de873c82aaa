"""The messages of one conversation, in the shapes that tools write: OpenAI, ShareGPT, Alpaca, prompt and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROLES = {"human": "user", "user": "user", "prompter": "user", "gpt": "assistant", "assistant": "assistant",
         "bot": "assistant", "model": "assistant", "system": "system", "tool": "tool", "function": "tool"}  # fmt: skip


def messages_of(record: Any) -> list[tuple[str, str]] | None:
    """(role, text) of each turn, role one of system, user, assistant, tool; None where it is no conversation."""
    if not isinstance(record, Mapping):
        return None
    turns = record.get("messages", record.get("conversations", record.get("conversation")))
    if isinstance(turns, list):
        found = [_turn(turn) for turn in turns]
        return [turn for turn in found if turn] if turns and all(found) else None
    for asked, answered in (
        ("prompt", "response"),
        ("prompt", "completion"),
        ("question", "answer"),
        ("prompt", "chosen"),
    ):
        if isinstance(record.get(asked), str) and isinstance(record.get(answered), str):
            return [("user", record[asked]), ("assistant", record[answered])]
    if isinstance(record.get("instruction"), str) and isinstance(record.get("output"), str):
        extra = record.get("input")
        asked_text = f"{record['instruction']}\n{extra}" if isinstance(extra, str) and extra else record["instruction"]
        return [("user", asked_text), ("assistant", record["output"])]
    return None


def _turn(turn: Any) -> tuple[str, str] | None:
    if not isinstance(turn, Mapping):
        return None
    role = ROLES.get(str(turn.get("role", turn.get("from", ""))).lower())
    text = turn.get("content", turn.get("value", turn.get("text")))
    if isinstance(text, list):  # parts of several media: the words among them
        text = "\n".join(str(part["text"]) for part in text if isinstance(part, Mapping) and "text" in part)
    if role is None or not (isinstance(text, str) or text is None):
        return None
    return role, text or ""
