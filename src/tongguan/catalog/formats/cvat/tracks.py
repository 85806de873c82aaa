"""Tracks of a CVAT video: keyframes as they were set; frames that CVAT filled in between are left to interpolation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.cvat.marks import Meta, attributes, shape_of
from tongguan.catalog.formats.cvat.write import Declared, element
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.xmlio import escape
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.labels.track import TrackLabel


def fill_tracks(tracks: Sequence[Any], meta: Meta, marks: ItemMarks) -> None:
    """One label a <track>."""
    for track in tracks:
        label = track.get("label") or ""
        try:
            frames = [_keyframe(one, label, meta) for one in track if one.get("keyframe", "1") != "0"]
        except (shapes.Unreadable, KeyError, ValueError) as error:
            marks.refuse("track", f"track {str(track.get('id'))[:40]}: {str(error)[:200]}")
            continue
        given = {"group_id": number(track.get("group_id"))} if number(track.get("group_id")) > 0 else {}
        frames.sort(key=lambda frame: frame["frame"])
        marks.add(label, ("track", {"keyframes": frames}), given, identity=track.get("id") or "")


def _keyframe(one: Any, label: str, meta: Meta) -> dict[str, Any]:
    kind, fields = shape_of(one, meta.size)
    given = attributes(one, label, meta)
    return {
        "frame": int(one.get("frame") or ""),
        "shape": {"kind": kind, **fields},
        "outside": one.get("outside") == "1",
        "occluded": bool(given.pop("occluded", False)),
        "attributes": given,
    }


def tracks_xml(labels: Iterable[TrackLabel], declared: Declared) -> Iterable[str]:
    """<track> by <track>. Unreadable where a shape has no place in CVAT."""
    for at, label in enumerate(labels):
        rows = []
        for frame in label.keyframes:
            schema = LABEL_KINDS[frame.shape.kind].schema
            fields = frame.shape.model_dump()
            given = {**frame.attributes, **({"occluded": True} if frame.occluded else {})}
            one = schema.model_validate({**fields, "label": label.label, "attributes": given})
            text = element(one, False, f'frame="{frame.frame}" keyframe="1" outside="{int(frame.outside)}"')
            if text is None:
                raise shapes.Unreadable(f"CVAT has no place for a {frame.shape.kind} like this in a track")
            declared.take(one)
            rows.append(text)
        group = label.attributes.get("group_id")
        grouped = f' group_id="{int(group)}"' if isinstance(group, float) else ""
        identity = label.id if label.id.isdecimal() else str(at)
        yield (
            f'<track id="{identity}" label="{escape(label.label)}" source="manual"{grouped}>\n{"".join(rows)}</track>'
        )
