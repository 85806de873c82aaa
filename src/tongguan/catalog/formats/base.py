"""What every format shares: how files are reached, what reading yields, what writing reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from tongguan.catalog.labels.base import LabelRecord


class Tree(Protocol):
    """A set of files with `/` paths: a folder, an archive, or a prefix of an object store."""

    def list(self) -> list[str]:
        """All member paths, relative, sorted by code point; never leaving the tree."""

    def open(self, path: str) -> BinaryIO:
        """The member's bytes as a readable binary file. FileNotFoundError when absent."""

    def size(self, path: str) -> int:
        """Bytes of the member."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was left out, with what a person needs to act on it."""

    item: str
    kind: str  # a label kind id, "item", or "file"
    count: int
    reason: str
    check: str | None = None  # the check of the data gate that this is, where it is one


class ReadError(Exception):
    """Nothing could be read: the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item of a tree with its labels.

    `name` is the media file's path in the tree (or what the label file calls it when the file is absent);
    `path` the member to open, None when the media file is absent. `labels` None = unlabelled, () = "nothing here".
    `side` is train, kept, test or line where the folder says so; `group` what must not be
    parted, where a table says so. Width and height are the label file's claim in pixels.
    `media` is the media type's id. `text` is the content of an item that is a part of a file (a line, a sentence, a
    conversation as JSON); its `path` is None, and its name is FILE:N.
    `measured` says that width and height are no claim: the reader has opened the picture.
    """

    name: str
    path: str | None
    labels: tuple[LabelRecord, ...] | None
    width: int | None = None
    height: int | None = None
    side: str | None = None
    group: str | None = None
    media: str = "image"
    text: str | None = None
    measured: bool = False


@dataclass(slots=True)
class Report:
    """Collects what a read or a write left out. `count` sums labels that were read or written, by kind.

    `classes` is the order of label classes where the files fix one, complete before the first item is yielded.
    `notes` says in words what a person should know although nothing was left out.
    """

    refused: list[Refused] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    items: int = 0
    files: int = 0
    classes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, item: str, kind: str, reason: str, count: int = 1, check: str | None = None) -> None:
        """Adds a refusal."""
        self.refused.append(Refused(item[:300], kind, count, reason[:500], check))

    def count(self, kind: str, number: int = 1) -> None:
        """Counts labels of a kind as read or written."""
        self.labels[kind] = self.labels.get(kind, 0) + number


@dataclass(frozen=True, slots=True)
class Sniff:
    """How sure a format is that a tree is its own: score in [0, 1] and the evidence in words."""

    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class WriteItem:
    """One item to write: its name, a way to its bytes, its size in pixels, labels (None = unlabelled), and side.

    `media` and `text` as in `ReadItem`.
    """

    name: str
    source: Tree | None
    path: str | None
    width: int
    height: int
    labels: tuple[LabelRecord, ...] | None
    side: str | None = None  # train, kept, line or test; written as train, val, line, test
    media: str = "image"
    text: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """`classes` fixes order and membership of label classes; `round` rounds edges to pixels.

    Without `media` the items' own files are not copied: label files alone are written, the same as with them.
    Without `classes` the label classes are numbered in order of appearance.
    """

    classes: tuple[str, ...] = ()
    round: bool = False
    media: bool = True


class Sink(Protocol):
    """Where a writer puts files: a folder or a streaming archive."""

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Stores one file at a `/` path."""


class Reader(Protocol):
    """What reading needs of a format."""

    id: str

    def sniff(self, tree: Tree) -> Sniff:
        """Looks at names and the first bytes only."""

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Yields every item once."""


class Format(Protocol):
    """The contract of one folder or module `catalog/formats/<name>`, checked for every member of the registry.

    `media` holds the ids of the media types whose items it can hold. `keeps` says what beside the labels comes back:
    `sides`, `unlabelled` (apart from "nothing here"), `order` (of label classes), `attributes`, `score`, `names`.
    `by_place`: the label is the place of the item's file, so that without the files nothing can be written.
    """

    id: str
    title: str
    kinds: frozenset[str]
    media: frozenset[str]
    keeps: frozenset[str]
    by_place: bool

    def sniff(self, tree: Tree) -> Sniff:
        """Looks at names and the first bytes only."""

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Yields every item once; labels that are not of `kinds` are counted under their kind and refused."""

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """Writes items in one pass and constant memory where the format allows; what cannot be held is refused."""
