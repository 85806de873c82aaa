"""What reading yields for every medium, before anything is known of sides, and the contract of a medium."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import Manifest, RecipeParams
from tongguan.train.recipes.items import LeftOut

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """One labelled item that can be read.

    sha256: of its bytes. group: what a table says, else the SHA-256 of the first member of its near-duplicate cluster.
    width and height in pixels, brightness as mean gray level: pictures only. slices: facts by which figures are parted.
    """

    name: str
    path: str
    sha256: str
    labels: tuple[LabelRecord, ...]
    side: str | None
    group: str
    width: int = 0
    height: int = 0
    brightness: float | None = None
    slices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """All that was read: the labelled items, what cannot be used, the hash of the whole, the format.

    grouped: the data say what must not be parted. by: how the items were parted, where reading already did it. copies:
    equal items count each, as rows of a table do. facts: what was decided while reading (target, group, table).
    """

    path: str
    format: str
    why: str
    sha256: str
    found: tuple[Found, ...]
    left_out: tuple[LeftOut, ...]
    grouped: bool = False
    by: str | None = None
    copies: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read for: the recipe, its parameters, and the share that is kept where the data have no sides."""

    manifest: Manifest
    params: RecipeParams
    kept: float = 0.0


class OpenTree(Tree, Protocol):
    """A tree that holds a file open until it is closed."""

    def close(self) -> None:
        """Frees it."""


class Media(Protocol):
    """One medium. suffixes: of files that `predict` finds in a folder. at_once: items given to a model together."""

    id: str
    suffixes: frozenset[str]
    at_once: int

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Labelled items of a folder, an archive or a file. Raises UsageProblem where it cannot be decided what is
        wanted, RecipeError where it cannot be read."""

    def open(self, path: Path) -> OpenTree:
        """The bytes of every item by its path, as `Predictor.predict` takes them."""

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The items of one file that a model is asked about: name in the answer, bytes. Raises ItemUnreadable."""
