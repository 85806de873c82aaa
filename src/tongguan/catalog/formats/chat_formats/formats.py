"""ShareGPT, Alpaca, OpenAI messages, DPO and KTO: JSON lists or JSON lines, read alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.chat_formats.turns import Talk, talk_of, turn_of
from tongguan.catalog.formats.gather import Fill
from tongguan.catalog.formats.json_stream import EMPTY, walk
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.lined import Sides, begin_part, listed, part_item, side_of
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import read_head
from tongguan.catalog.formats.text_formats.json_lines import first_record, records
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.catalog.labels.text_answer import TextAnswerLabel

SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


def first_of(head: bytes) -> dict[str, Any]:
    """The first object of a JSON list or of JSON lines; {} where it is not whole in the first bytes."""
    body = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"["):
        return first_record(body)
    depth, quoted, escaped, start = 0, False, False, body.find(b"{")
    for at in range(max(start, 0), len(body)):
        sign = body[at : at + 1]
        if quoted:
            quoted = escaped or sign != b'"'
            escaped = sign == b"\\" and not escaped
        elif sign == b'"':
            quoted = True
        elif sign in b"{}":
            depth += 1 if sign == b"{" else -1
            if depth == 0:
                try:
                    raw = parse(body[start : at + 1], "")
                except ReadError:
                    return {}
                return raw if isinstance(raw, dict) else {}
    return {}


class ChatFormat(Describes):
    """What they share: an object an item."""

    media = frozenset({"conversation"})
    keys: frozenset[str] = frozenset()
    what = ""
    as_list = False

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """The conversation of an object and what fills in its labels. ReadError when it is none."""
        raise NotImplementedError

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """The object of an item, or why there is none."""
        raise NotImplementedError

    def fits(self, head: bytes, path: str) -> bool:
        """Whether a file begins with an object that has the keys."""
        return self.keys <= set(first_of(head))

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files whose first object has the keys."""
        return sniff_heads(tree, SUFFIXES, self.fits, self.what, one_is_enough=True, size=2**18)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every object of every file."""
        for path in matching(tree, SUFFIXES, self.fits, 2**18):
            side = side_of(path)
            for at, raw in _objects(tree, path, report):
                name = f"{path}:{at}"
                try:
                    talk, fill = self.talk(raw)
                except ReadError as error:
                    report.refuse(name, "item", f"{name}: {error}")
                    continue
                item = part_item(name, talk.json(), fill, report, side, "conversation")
                group = raw.get("group")
                yield replace(item, group=str(group)) if isinstance(group, str | int) and group != "" else item

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE.json or SIDE.jsonl."""
        out = Writing(self, sink, options, report)
        with Sides(out, ".json" if self.as_list else ".jsonl", b"," if self.as_list else b"") as sides:
            for item in items:
                begun = begin_part(item, out)
                if begun is None:
                    continue
                record = self.record(talk_of(begun[0]), begun[1]) if begun[1] != () else "nothing here has no place"
                if isinstance(record, str):
                    report.items -= 1
                    for label in begun[1] or ():
                        out.refuse(item, label, record)
                    if not begun[1]:
                        report.refuse(item.name, "item", record)
                    continue
                sides.add(item, orjson.dumps(record).decode())
                for label in begun[1] or ():
                    out.done(label)
            sides.finish(listed if self.as_list else None)


def _objects(tree: Tree, path: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    if not read_head(tree, path, 64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield from records(tree, path, report)
        return
    try:
        for at, (_, raw) in enumerate(walk(tree, path), start=1):
            if isinstance(raw, dict):
                yield at, raw
            elif raw is not EMPTY:
                report.refuse(f"{path}:{at}", "item", f"{path}:{at}: no object")
    except ReadError as error:
        report.refuse(path, "file", str(error))


class ShareGptFormat(ChatFormat):
    """Contract of `Format` for `sharegpt`: conversations as they are; nothing is labelled."""

    id = "sharegpt"
    title = "ShareGPT"
    keeps = frozenset({"sides", "unlabelled"})
    keys = frozenset({"conversations"})
    what = "conversations of ShareGPT"
    as_list = True

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """from and value."""
        turns = raw.get("conversations")
        if not isinstance(turns, list):
            raise ReadError("no list `conversations`")
        first = [("system", raw["system"])] if isinstance(raw.get("system"), str) and raw["system"] else []
        return Talk([*first, *(turn_of(one) for one in turns)]), None

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """from and value."""
        names = {"user": "human", "assistant": "gpt", "tool": "observation"}
        if talk.answers:
            return "answers to compare have no place in ShareGPT"
        return {"conversations": [{"from": names.get(role, role), "value": text} for role, text in talk.turns]}


class MessagesFormat(ChatFormat):
    """Contract of `Format` for `openai-messages`: conversations as they are; nothing is labelled."""

    id = "openai-messages"
    title = "OpenAI messages"
    keeps = frozenset({"sides", "unlabelled"})
    keys = frozenset({"messages"})
    what = "messages of OpenAI"

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """role and content."""
        turns = raw.get("messages")
        if not isinstance(turns, list):
            raise ReadError("no list `messages`")
        return Talk([turn_of(one) for one in turns]), None

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """role and content."""
        if talk.answers:
            return "answers to compare have no place in messages"
        return {"messages": [{"role": role, "content": text} for role, text in talk.turns]}


class AlpacaFormat(ChatFormat):
    """Contract of `Format` for `alpaca`: an instruction, and the output as a text answer."""

    id = "alpaca"
    title = "Alpaca"
    kinds = frozenset({"text_answer"})
    keeps = frozenset({"sides", "unlabelled"})
    keys = frozenset({"instruction"})
    what = "instructions of Alpaca"
    as_list = True
    only_labels = ("output",)
    most_labels = 1

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """system, history, instruction and input; `output` is the label."""
        turns: list[tuple[str, str]] = []
        if isinstance(raw.get("system"), str) and raw["system"]:
            turns.append(("system", raw["system"]))
        for pair in raw.get("history") or []:
            if not isinstance(pair, list) or len(pair) != 2:
                raise ReadError("history is no list of pairs")
            turns += [("user", str(pair[0])), ("assistant", str(pair[1]))]
        turns.append(("user", "\n".join(str(raw[key]) for key in ("instruction", "input") if raw.get(key))))
        output = raw.get("output")
        return Talk(turns), partial(_answer, output) if isinstance(output, str) else None

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """The last turn of the user is the instruction."""
        turns = list(talk.turns)
        record: dict[str, Any] = {}
        if turns and turns[0][0] == "system":
            record["system"] = turns.pop(0)[1]
        roles = [role for role, _ in turns]
        if talk.answers or not roles or roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
            return "Alpaca holds turns of user and assistant one after the other, the user's last"
        if len(turns) > 1:
            record["history"] = [[turns[at][1], turns[at + 1][1]] for at in range(0, len(turns) - 1, 2)]
        answers = [
            label.text for label in labels or () if isinstance(label, TextAnswerLabel) and label.label == "output"
        ]
        if len(answers) != len(labels or ()) or len(answers) > 1:
            return "Alpaca holds one text answer called output"
        return record | {"instruction": turns[-1][1], "input": ""} | ({"output": answers[0]} if answers else {})


def _answer(text: str, marks: ItemMarks) -> None:
    marks.add("output", ("text_answer", {"text": text}))


class DpoFormat(ChatFormat):
    """Contract of `Format` for `dpo`: a prompt, an answer that was chosen, and one that was rejected."""

    id = "dpo"
    title = "DPO pairs"
    kinds = frozenset({"preference"})
    keeps = frozenset({"sides"})
    keys = frozenset({"chosen", "rejected"})
    what = "pairs of chosen and rejected answers"
    only_labels = ("preference",)
    most_labels = 1

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """Answers as text, as a message, or as a whole conversation whose last turn differs."""
        turns, answers = _prompt(raw.get("prompt", raw.get("question", raw.get("instruction")))), []
        for key in ("chosen", "rejected"):
            value = raw.get(key)
            if isinstance(value, list) and value:
                *before, last = (turn_of(one) for one in value)
                turns = turns if len(turns) >= len(before) else before
                value = last[1]
            elif isinstance(value, dict):
                value = turn_of(value)[1]
            if not isinstance(value, str):
                raise ReadError(f"no text `{key}`")
            answers.append((key, value))
        return Talk(turns, answers), _chosen

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """prompt, chosen, rejected; a tie has no place."""
        found = [label for label in labels or () if isinstance(label, PreferenceLabel)]
        if len(found) != 1 or found[0].choice == "tie" or found[0].label != "preference":
            return "a pair has one preference called preference, and no tie"
        one, texts = found[0], dict(talk.answers)
        ends = (one.first, one.second) if one.choice == "first" else (one.second, one.first)
        if any(end not in texts for end in ends):
            return "an answer that the preference names is absent"
        return {**_prompted(talk), "chosen": texts[ends[0]], "rejected": texts[ends[1]]}


def _prompt(value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, list):
        return [turn_of(one) for one in value]
    return [("user", str(value))]


def _prompted(talk: Talk) -> dict[str, Any]:
    """A single turn of the user is a text, more are messages."""
    if [role for role, _ in talk.turns] == ["user"]:
        return {"prompt": talk.turns[0][1]}
    return {"prompt": [{"role": role, "content": text} for role, text in talk.turns]}


def _chosen(marks: ItemMarks) -> None:
    marks.add("preference", ("preference", {"first": "chosen", "second": "rejected", "choice": "first"}))


class KtoFormat(ChatFormat):
    """Contract of `Format` for `kto`: a prompt and an answer, good (true) or bad (false)."""

    id = "kto"
    title = "KTO"
    kinds = frozenset({"class"})
    keeps = frozenset({"sides", "unlabelled"})
    keys = frozenset({"prompt", "completion", "label"})
    what = "answers that are good or bad (KTO)"
    only_labels = ("true", "false")
    most_labels = 1

    def talk(self, raw: dict[str, Any]) -> tuple[Talk, Fill | None]:
        """prompt, completion, label."""
        completion = raw.get("completion")
        if isinstance(completion, list) and len(completion) == 1:
            completion = turn_of(completion[0])[1]
        if not isinstance(completion, str):
            raise ReadError("no text `completion`")
        said = raw.get("label")
        if said is not None and not isinstance(said, bool):
            raise ReadError("`label` is neither true nor false")
        fill = None if said is None else partial(_judged, "true" if said else "false")
        return Talk(_prompt(raw.get("prompt")), [("completion", completion)]), fill

    def record(self, talk: Talk, labels: tuple[LabelRecord, ...] | None) -> dict[str, Any] | str:
        """prompt, completion, label."""
        names = [label.label for label in labels or () if isinstance(label, ClassLabel)]
        if len(talk.answers) != 1 or len(names) > 1 or not set(names) <= {"true", "false"}:
            return "KTO holds one answer, and true or false"
        said = {"label": names[0] == "true"} if names else {"label": None}
        return {**_prompted(talk), "completion": talk.answers[0][1], **said}


def _judged(name: str, marks: ItemMarks) -> None:
    marks.class_(name)
