"""JSON files of any size, one element at a time: a list of a million marks never stands in memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

import orjson

from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.text import JSON_LIMIT, encoding_of

CHUNK = 2**18
LARGEST_ELEMENT = 2**28
# How many elements are taken one by one after some that could not be taken together.
SINGLY = 1000
# Numbers so long that a quick parser rounds them, which the exact one keeps.
_ANY_DIGIT, _LONG = bytes.maketrans(b"123456789", b"000000000"), b"0" * 19
_SPACE = " \t\r\n"
_decode = json.JSONDecoder().raw_decode


def walk(tree: Tree, path: str, lists: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yields (key, value) of the object at the top; of the keys in `lists`, each element of the list by itself.

    An object among `lists` gives each member as [name, value]. A list at the top gives ("", element). An empty list of
    `lists` gives (key, EMPTY), a plain value there nothing. Raises ReadError with file, line and column of the damage,
    after what stands before it has been yielded.
    """
    try:
        size = tree.size(path)
        if size > JSON_LIMIT:
            raise ReadError(f"{path}: {size:,} bytes, a label file of at most {JSON_LIMIT:,} is read")
        with tree.open(path) as stream:
            yield from _Walker(stream, path, frozenset(lists)).top()
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error})") from error


EMPTY = object()


class _Walker:
    def __init__(self, stream: BinaryIO, path: str, lists: frozenset[str]) -> None:
        self._stream, self._path, self._lists = stream, path, lists
        head = stream.read(CHUNK)
        self._decoder = codecs.getincrementaldecoder(encoding_of(head))()
        self._buffer, self._at, self._lines, self._ended, self._singly = "", 0, 0, False, 0
        self._take(head)

    def top(self) -> Iterator[tuple[str, Any]]:
        first = self._peek()
        if not first:
            raise ReadError(f"{self._path}: the file is empty")
        if first == "[":
            for element in self._elements():
                if element is not EMPTY:
                    yield "", element
        elif first == "{":
            yield from self._members()
        else:
            raise ReadError(f"{self._path}: neither an object nor a list at the top")
        if self._peek():
            raise self._broken("something follows the end", self._at)

    def _members(self) -> Iterator[tuple[str, Any]]:
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            if self._peek() != '"':
                raise self._broken("expecting a name in double quotes", self._at)
            key = self._value()
            if self._peek() != ":":
                raise self._broken("expecting ':'", self._at)
            self._at += 1
            if key in self._lists and self._peek() == "[":
                for element in self._elements():
                    yield key, element
            elif key in self._lists and self._peek() == "{":
                for name, element in self._members():
                    yield key, [name, element]
            else:
                self._peek()
                value = self._value()
                if key not in self._lists:
                    yield key, value
            if self._end_of("}"):
                return

    def _elements(self) -> Iterator[Any]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            yield EMPTY
            return
        while True:
            while found := self._several():
                yield from found
            self._peek()
            yield self._value()
            if self._end_of("]"):
                return

    def _several(self) -> list[Any]:
        """The objects that stand whole in what was read, and the comma after them; [] where they are to be taken one by
        one: few are there, a comma of something inside an object was mistaken, or one of them is damaged."""
        if self._singly:
            self._singly -= 1
            return []
        end = len(self._buffer)
        if end - self._at < CHUNK // 2:
            return []
        for _ in range(2):
            end = self._buffer.rfind("},", self._at, end)
            if end < 0:
                break
            try:
                data = self._buffer[self._at : end + 1].encode()
                found: list[Any] = orjson.loads(b"[%b]" % data)
            except ValueError:
                continue
            if _LONG in data.translate(_ANY_DIGIT):
                break
            self._at = end + 2
            return found
        self._singly = SINGLY
        return []

    def _end_of(self, closing: str) -> bool:
        found = self._peek()
        if found not in (",", closing):
            raise self._broken(f"expecting ',' or '{closing}'", self._at)
        self._at += 1
        return found == closing

    def _peek(self) -> str:
        """The next character that is no space, without taking it; "" at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = _decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if len(self._buffer) - self._at < LARGEST_ELEMENT and self._more():
                    continue
                raise self._broken(error.msg, error.pos) from error
            except (RecursionError, ValueError) as error:
                raise self._broken(str(error)[:200], self._at) from error
            # A number at the end of what was read may go on.
            if end == len(self._buffer) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Reads on; twice as much as is unfinished, so that a large element costs no square of its size."""
        if self._ended:
            return False
        waiting = len(self._buffer) - self._at
        self._take(self._stream.read(max(CHUNK, 2 * waiting)))
        return True

    def _take(self, data: bytes) -> None:
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            line = self._lines + self._buffer.count("\n") + data[: error.start].count(b"\n") + 1
            raise ReadError(f"{self._path} line {line}: neither UTF-8 nor GB18030; save the file as UTF-8") from error
        self._lines += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + text
        self._at = 0

    def _broken(self, what: str, position: int) -> ReadError:
        line = self._lines + self._buffer.count("\n", 0, position) + 1
        column = position - self._buffer.rfind("\n", 0, position)
        return ReadError(f"{self._path}: not readable as JSON: {what}: line {line} column {column}")
