"""All label kinds. To add one: a folder beside this file, one line in `MEMBERS` and one in `Label`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from tongguan.catalog.labels.base import LabelKind, LabelRecord
from tongguan.catalog.labels.box import BoxKind, BoxLabel
from tongguan.catalog.labels.class_ import ClassKind, ClassLabel

MEMBERS: tuple[LabelKind, ...] = (BoxKind(), ClassKind())

Label = Annotated[BoxLabel | ClassLabel, Field(discriminator="kind")]

# Every id of CONTRACTS section 1: files may hold kinds that have no folder yet, which are counted by these names.
KNOWN_KINDS: tuple[str, ...] = (
    "class",
    "rating",
    "ranking",
    "preference",
    "rubric",
    "text_answer",
    "box",
    "rotated_box",
    "polygon",
    "polyline",
    "points",
    "skeleton",
    "ellipse",
    "mask",
    "track",
    "sound_segment",
    "span",
    "relation",
    "turn_edit",
    "cell",
    "interval",
    "cuboid",
    "point_segment",
)


def _by_id(members: Sequence[LabelKind]) -> dict[str, LabelKind]:
    table: dict[str, LabelKind] = {}
    for member in members:
        if member.id in table:
            raise RuntimeError(f"label kind {member.id!r} is registered twice")
        if member.id not in KNOWN_KINDS:
            raise RuntimeError(f"label kind {member.id!r} is not one of the agreed ids")
        table[member.id] = member
    return table


LABEL_KINDS: dict[str, LabelKind] = _by_id(MEMBERS)

_LABELS: TypeAdapter[tuple[BoxLabel | ClassLabel, ...]] = TypeAdapter(tuple[Label, ...])


def parse_labels(records: Sequence[Mapping[str, Any]]) -> tuple[BoxLabel | ClassLabel, ...]:
    """Validates raw records by their `kind`.

    Raises pydantic.ValidationError, which names the index and the field of everything that is wrong.
    """
    return _LABELS.validate_python(tuple(records))


def dump_labels(labels: Iterable[LabelRecord]) -> list[dict[str, Any]]:
    """The JSON form that is stored; `parse_labels` reads it back equal."""
    return [label.model_dump(mode="json") for label in labels]
