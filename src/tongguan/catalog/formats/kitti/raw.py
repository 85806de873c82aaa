"""Tracklets of a raw recording: boxes in space frame by frame, as items of the point clouds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.gather import Entry
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.paths import folder_of, join, stem_of, suffix_of
from tongguan.catalog.formats.text import read_bytes
from tongguan.catalog.formats.xmlio import body_of, parse
from tongguan.catalog.labels.base import AttributeValue

CLOUDS = (".bin", ".pcd")
STATES = {0: "unset", 1: "interpolated", 2: "labelled"}
OCCLUSIONS = {0: "visible", 1: "partly", 2: "fully"}


def is_tracklets(head: bytes, path: str) -> bool:
    """<boost_serialization> with <tracklets>."""
    return body_of(head).startswith(b"<boost_serialization") and b"<tracklets" in head


def of_recording(path: str, recordings: Sequence[str]) -> bool:
    """Pictures of the cameras of a recording are shown with its point clouds, and are no items."""
    return any(path.startswith(f"{root}/" if root else "") for root in map(folder_of, recordings))


def tracklet_entries(tree: Tree, recordings: Sequence[str], report: Report) -> Iterator[Entry]:
    """One item a point cloud, in order of frames."""
    for path in recordings:
        try:
            root = parse(read_bytes(tree, path), path)
        except ReadError as error:
            report.refuse(path, "file", str(error))
            continue
        frames: dict[int, list[tuple[int, Any, Any]]] = {}
        negative = 0
        for at, tracklet in enumerate(root.findall("tracklets/item") if root is not None else ()):
            negative += any(number(tracklet.findtext(key)) < 0 for key in ("w", "h", "l"))
            first = int(number(tracklet.findtext("first_frame") or "0"))
            for step, pose in enumerate(tracklet.findall("poses/item")):
                frames.setdefault(first + step, []).append((at, tracklet, pose))
        if negative:
            report.notes.append(f"{path}: {negative} tracklets have negative sizes, taken without their sign")
        inside = [one for one in tree.list() if suffix_of(one) in CLOUDS and of_recording(one, [path])]
        clouds = {int(stem_of(one)): one for one in inside if stem_of(one).isdecimal()}
        for frame in sorted(set(frames) | set(clouds)):
            cloud = clouds.get(frame)
            name = cloud or join(folder_of(path), f"velodyne_points/data/{frame:010d}.bin")
            yield Entry(name, path, partial(_fill, frames.get(frame, [])), media="point_cloud", path=cloud)


def _fill(poses: Sequence[tuple[int, Any, Any]], marks: ItemMarks) -> None:
    for at, tracklet, pose in poses:
        height, width, length = (abs(number(tracklet.findtext(key))) for key in ("h", "w", "l"))
        x, y, z, roll, pitch, yaw = (number(pose.findtext(key)) for key in ("tx", "ty", "tz", "rx", "ry", "rz"))
        turns = {"roll": roll, "pitch": pitch, "yaw": math.remainder(yaw, 2 * math.pi)}
        place = {"x": x, "y": y, "z": z + height / 2, "length": length, "width": width, "height": height}
        given: dict[str, AttributeValue] = {"track_id": float(at)}
        state, hidden = (number(pose.findtext(key)) for key in ("state", "occlusion"))
        if state in STATES:
            given["state"] = STATES[int(state)]
        if hidden in OCCLUSIONS:
            given["occlusion"] = OCCLUSIONS[int(hidden)]
        marks.add(tracklet.findtext("objectType") or "", ("cuboid", {**place, **turns}), given)
