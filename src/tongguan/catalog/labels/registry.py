"""All label kinds. To add one: a folder beside this file, one line in `MEMBERS` and one in `Label`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from tongguan.catalog.labels.base import LabelKind, LabelRecord
from tongguan.catalog.labels.box import BoxKind, BoxLabel
from tongguan.catalog.labels.cell import CellKind, CellLabel
from tongguan.catalog.labels.class_ import ClassKind, ClassLabel
from tongguan.catalog.labels.cuboid import CuboidKind, CuboidLabel
from tongguan.catalog.labels.ellipse import EllipseKind, EllipseLabel
from tongguan.catalog.labels.interval import IntervalKind, IntervalLabel
from tongguan.catalog.labels.mask import MaskKind, MaskLabel
from tongguan.catalog.labels.point_segment import PointSegmentKind, PointSegmentLabel
from tongguan.catalog.labels.points import PointsKind, PointsLabel
from tongguan.catalog.labels.polygon import PolygonKind, PolygonLabel
from tongguan.catalog.labels.polyline import PolylineKind, PolylineLabel
from tongguan.catalog.labels.preference import PreferenceKind, PreferenceLabel
from tongguan.catalog.labels.ranking import RankingKind, RankingLabel
from tongguan.catalog.labels.rating import RatingKind, RatingLabel
from tongguan.catalog.labels.relation import RelationKind, RelationLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxKind, RotatedBoxLabel
from tongguan.catalog.labels.rubric import RubricKind, RubricLabel
from tongguan.catalog.labels.skeleton import SkeletonKind, SkeletonLabel
from tongguan.catalog.labels.sound_segment import SoundSegmentKind, SoundSegmentLabel
from tongguan.catalog.labels.span import SpanKind, SpanLabel
from tongguan.catalog.labels.text_answer import TextAnswerKind, TextAnswerLabel
from tongguan.catalog.labels.track import TrackKind, TrackLabel
from tongguan.catalog.labels.turn_edit import TurnEditKind, TurnEditLabel

MEMBERS: tuple[LabelKind, ...] = (
    ClassKind(),
    RatingKind(),
    RankingKind(),
    PreferenceKind(),
    RubricKind(),
    TextAnswerKind(),
    BoxKind(),
    RotatedBoxKind(),
    PolygonKind(),
    PolylineKind(),
    PointsKind(),
    SkeletonKind(),
    EllipseKind(),
    MaskKind(),
    TrackKind(),
    SoundSegmentKind(),
    SpanKind(),
    RelationKind(),
    TurnEditKind(),
    CellKind(),
    IntervalKind(),
    CuboidKind(),
    PointSegmentKind(),
)

AnyLabel = (
    ClassLabel
    | RatingLabel
    | RankingLabel
    | PreferenceLabel
    | RubricLabel
    | TextAnswerLabel
    | BoxLabel
    | RotatedBoxLabel
    | PolygonLabel
    | PolylineLabel
    | PointsLabel
    | SkeletonLabel
    | EllipseLabel
    | MaskLabel
    | TrackLabel
    | SoundSegmentLabel
    | SpanLabel
    | RelationLabel
    | TurnEditLabel
    | CellLabel
    | IntervalLabel
    | CuboidLabel
    | PointSegmentLabel
)
Label = Annotated[AnyLabel, Field(discriminator="kind")]

# The kinds that the web editor has a tool for (web/src/editor/labels/registry.ts, which a test compares): only these
# can stand in the label set of a project, and only these does the API take from the editor.
EDITOR_KINDS: tuple[str, ...] = ("box", "class")
EditorLabel = Annotated[BoxLabel | ClassLabel, Field(discriminator="kind")]

# Every id of CONTRACTS section 1, in its order.
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

_LABELS: TypeAdapter[tuple[AnyLabel, ...]] = TypeAdapter(tuple[Label, ...])


def parse_labels(records: Sequence[Mapping[str, Any]]) -> tuple[AnyLabel, ...]:
    """Validates raw records by their `kind`, those of an older schema lifted first.

    Raises pydantic.ValidationError, which names the index and the field of everything that is wrong.
    """
    return _LABELS.validate_python(tuple(map(lifted, records)))


def dump_labels(labels: Iterable[LabelRecord]) -> list[dict[str, Any]]:
    """The JSON form that is stored; `parse_labels` reads it back equal."""
    return [_with_version(label.model_dump(mode="json")) for label in labels]


def lifted(record: Mapping[str, Any], kinds: Mapping[str, LabelKind] = LABEL_KINDS) -> Mapping[str, Any]:
    """The record in the present schema of its kind, without its version; one of an unknown kind as it is.

    A record without `v` has version 1. Raises ValueError for a version that is newer than this program.
    """
    kind = kinds.get(str(record.get("kind", "")))
    if kind is None or ("v" not in record and kind.version == 1):
        return record
    version = record.get("v", 1)
    if not isinstance(version, int) or not 1 <= version <= kind.version:
        raise ValueError(f"{kind.id}: version {str(version)[:20]} of a label; this program knows 1 to {kind.version}")
    rest: Mapping[str, Any] = {key: value for key, value in record.items() if key != "v"}
    for number in range(version, kind.version):
        rest = kind.migrations[number](rest)
    return rest


def _with_version(record: dict[str, Any]) -> dict[str, Any]:
    version = LABEL_KINDS[record["kind"]].version
    return record if version == 1 else record | {"v": version}
