"""The items of a run: what was read, which side each is on, and the hashes by which data are recognised again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import parse_labels

Side = Literal["train", "kept", "test"]
BY_SIDES = "sides of the data"
BY_CLUSTER = "near-duplicate cluster"
BY_GROUP = "group column"


class Item(BaseModel):
    """One labelled item of a run. `path` is its member in the source tree; `holdout` marks training items on which the
    operating threshold is fixed and that no weight is fitted on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    path: str
    sha256: str
    side: Side
    group: str
    labels: tuple[dict[str, Any], ...]
    width: int = 0
    height: int = 0
    holdout: bool = False
    slices: dict[str, str] = Field(default_factory=dict, description="Facts by which figures are parted.")

    def records(self) -> tuple[LabelRecord, ...]:
        """The labels as typed records."""
        return parse_labels(self.labels)


class LeftOut(BaseModel):
    """An item that is on no side, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    reason: str


class Gathered(BaseModel):
    """All that was read of a source: items with sides, what was left out, and the hash of the whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    format: str
    by: str
    sha256: str
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    facts: dict[str, Any] = Field(default_factory=dict, description="What reading decided: target, group, table.")

    def side(self, side: Side) -> list[Item]:
        """The items of one side, in order of name."""
        return [item for item in self.items if item.side == side]

    def training_only(self) -> Gathered:
        """Without what is kept or tested: a study must not be able to look at it."""
        return self.model_copy(update={"items": tuple(self.side("train"))})

    def counts(self) -> dict[str, int | str]:
        """The object `split` of the commands."""
        counted = {side: sum(item.side == side for item in self.items) for side in ("train", "kept", "test")}
        return {**counted, "left_out": len(self.left_out), "by": self.by}


def sha256_hex(content: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def label_digest(labels: Sequence[LabelRecord] | None) -> str:
    """Hash of an item's labels that is the same in every format: kind, class and geometry to 0.01 px, in any order."""
    if labels is None:
        return "unlabelled"
    rows = sorted(_canonical(label.model_dump(mode="json")) for label in labels)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _canonical(label: dict[str, Any]) -> str:
    # Files of other formats cannot hold ids, attributes, scores or origins.
    kept = {key: value for key, value in label.items() if key not in ("id", "attributes", "score", "scores", "origin")}
    return json.dumps(
        {key: round(value, 2) + 0.0 if isinstance(value, float) else value for key, value in kept.items()},
        sort_keys=True,
        ensure_ascii=False,
    )


def data_digest(pairs: Iterable[tuple[str, str]]) -> str:
    """Hash of a set of (SHA-256 of the bytes, digest of the labels), whatever the names, the order and the path."""
    return hashlib.sha256("\n".join(sorted(f"{one} {two}" for one, two in pairs)).encode()).hexdigest()


def write_gathered(gathered: Gathered, file: Path) -> None:
    """Writes the manifest of a run: a header line, then one line per item."""
    temporary = file.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(gathered.model_dump_json(exclude={"items"}) + "\n")
        for item in gathered.items:
            out.write(item.model_dump_json() + "\n")
    temporary.replace(file)


def read_gathered(file: Path) -> Gathered:
    """Reads what `write_gathered` wrote. Raises ValueError on a broken file."""
    with file.open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
        return Gathered(**header, items=tuple(Item.model_validate_json(line) for line in lines if line.strip()))
