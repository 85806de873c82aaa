"""What every check shares: facts about an item, a problem, and the contract of one file per check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from tongguan.catalog.labels.base import LabelRecord
from tongguan.prepare.checks.measurement import Measurement
from tongguan.prepare.checks.near import near_clusters
from tongguan.prepare.checks.near_text import Signature, signature, text_clusters
from tongguan.prepare.checks.tables.facts import TableFacts


@dataclass(frozen=True, slots=True)
class Problem:
    """One check failed by one item. `other` names the first item where the problem is between two; `column` the column
    of a table that it is about; `zh` is the detail in Chinese, where there is one."""

    item: str
    check: str
    detail: str
    other: str | None = None
    column: str | None = None
    zh: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known about one item. `damage` is (check, detail) where its file could not be measured.

    `known` marks items of earlier batches: they are compared with, come first among equals, and are not reported.
    """

    name: str
    measurement: Measurement | None = None
    damage: tuple[str, str] | None = None
    labels: tuple[LabelRecord, ...] | None = None
    side: str | None = None
    group: str | None = None
    known: bool = False
    refused_marks: tuple[tuple[str, str], ...] = ()
    media: str = "image"
    sha256: str = ""  # of what is no picture
    text: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The hash of the item's bytes, or of its text; empty where they could not be read."""
        return self.measurement.sha256 if self.measurement is not None else self.sha256


@dataclass(slots=True)
class Batch:
    """Everything of a run that checks between items need; about 500 bytes an item."""

    facts: list[ItemFacts] = field(default_factory=list)
    signatures: dict[str, Signature] = field(default_factory=dict)
    _clusters: list[int] | None = None

    def add(self, facts: ItemFacts) -> None:
        """Keeps the facts, without labels and text, which no check between items needs."""
        if facts.text is not None:
            signed = signature(facts.text)
            if signed is not None:
                self.signatures[facts.name] = signed
        bare = not (facts.labels or facts.damage or facts.text or facts.details)
        self.facts.append(facts if bare else replace(facts, damage=None, labels=None, text=None, details={}))

    def text_clusters(self) -> list[tuple[ItemFacts, ItemFacts]]:
        """(item, first item that says nearly the same) for texts of 12 characters or more, in order."""
        ordered = [facts for facts in self.in_order() if facts.name in self.signatures]
        firsts = text_clusters([self.signatures[facts.name] for facts in ordered])
        return [(facts, ordered[first]) for facts, first in zip(ordered, firsts, strict=True)]

    def in_order(self) -> list[ItemFacts]:
        """Known items first, then by name: the first of equal items is the one that stays."""
        return sorted(self.facts, key=lambda facts: (not facts.known, facts.name))

    def clusters(self) -> list[tuple[ItemFacts, ItemFacts]]:
        """(item, first item of its near-duplicate cluster) for measured items, in order; copies belong together too."""
        ordered = [facts for facts in self.in_order() if facts.measurement is not None]
        if self._clusters is None:
            self._clusters = _cluster([facts.measurement for facts in ordered if facts.measurement is not None])
        return [(facts, ordered[first]) for facts, first in zip(ordered, self._clusters, strict=True)]


class Check(Protocol):
    """The contract of one file in this folder, checked for every member of the registry."""

    id: str
    closes: bool
    title: str

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """Problems of one item alone, while items stream by."""

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """Problems between items, once all have been seen."""

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """Problems of a table: its columns, and its rows among each other."""


class BaseCheck:
    """No problems; a check overrides `item` or `batch`. `closes`: closes the default data gate, else it warns."""

    id = ""
    closes = False
    title = ""

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """No problem."""
        return iter(())

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """No problem."""
        return iter(())

    def table(self, facts: TableFacts) -> Iterator[Problem]:
        """No problem."""
        return iter(())


def is_blank(measurement: Measurement) -> bool:
    """One colour all over, apart from the noise of a camera."""
    return measurement.contrast < 2.5 and measurement.spread < 24


def _cluster(measurements: list[Measurement]) -> list[int]:
    """Blank pictures all look alike without being copies: only equal bytes join them."""
    first_of: dict[str, int] = {}
    firsts: list[int] = []
    root: list[int] = []
    for at, measurement in enumerate(measurements):
        first = first_of.setdefault(measurement.sha256, at)
        root.append(first)
        if first == at and not is_blank(measurement):
            firsts.append(at)
    joined = near_clusters([measurements[at].phash for at in firsts], [measurements[at].tiny for at in firsts])
    for position, at in enumerate(firsts):
        root[at] = firsts[joined[position]]
    return [root[first_of[measurement.sha256]] for measurement in measurements]
