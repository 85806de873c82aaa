"""Sets made from plates for recipes that have no real set; figures on them say how well made defects are told."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.rotated_box.geometry import corners
from tongguan.industries.steel_plates.maker import PlatePicture
from tongguan.industries.steel_plates.series import make_plates

SEED = 2_026


def plates(count: int, seed: int = SEED) -> list[PlatePicture]:
    """Made plates, several pictures each."""
    made = make_plates(count, seed)
    # Two series have plates of the same numbers.
    return [one._replace(name=f"{seed}-{one.name}", group=f"{seed}-{one.group}") for one in made]


def write_table(folder: Path, made: Sequence[PlatePicture], label: Callable[[PlatePicture], str]) -> Path:
    """Pictures with a `labels.csv`; the plate is the group."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label", "group"])
        for one in made:
            (folder / one.name).write_bytes(one.data)
            rows.writerow([one.name, label(one), one.group])
    return folder


def first_defect(one: PlatePicture) -> str:
    """`good`, or the class of the first defect."""
    return one.labels[0].label if one.labels else "good"


def write_coco(
    folder: Path, made: Sequence[PlatePicture], rows_of: Callable[[PlatePicture], list[tuple[str, dict[str, Any]]]]
) -> Path:
    """Pictures on two sides by plate, every fourth plate kept, with one COCO file a side: as an export has them.
    rows_of: label class and COCO fields of each label."""
    names = sorted({name for one in made for name, _ in rows_of(one)})
    sides: dict[str, list[PlatePicture]] = {"train": [], "val": []}
    for one in made:
        sides["val" if one.meta["plate"] % 4 == 0 else "train"].append(one)
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    for side, pictures in sides.items():
        document: dict[str, Any] = {
            "images": [],
            "annotations": [],
            "categories": [{"id": at, "name": name} for at, name in enumerate(names, start=1)],
        }
        (folder / "images" / side).mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(pictures, start=1):
            (folder / "images" / side / one.name).write_bytes(one.data)
            size = {"width": one.meta["width"], "height": one.meta["height"]}
            document["images"].append({"id": number, "file_name": f"{side}/{one.name}", **size})
            for name, row in rows_of(one):
                common = {"image_id": number, "category_id": names.index(name) + 1, "iscrowd": 0}
                document["annotations"].append({"id": len(document["annotations"]) + 1, **common, **row})
        (folder / "annotations" / f"instances_{side}.json").write_text(json.dumps(document))
    return folder


def mask_rows(one: PlatePicture) -> list[tuple[str, dict[str, Any]]]:
    """The exact areas as run lengths."""
    return [(mask.label, _mask_row(mask)) for mask in one.masks]


def _mask_row(mask: MaskLabel) -> dict[str, Any]:
    runs = rle.expand(mask.counts)
    return {
        "segmentation": {"size": list(mask.size), "counts": mask.counts},
        "area": rle.area(runs),
        "bbox": list(rle.bounds(runs, mask.size[0])),
    }


def turned_box(mask: MaskLabel) -> RotatedBoxLabel:
    """The smallest rectangle round an area: it lies along a side of the hull (Freeman and Shapira 1975)."""
    pixels = rle.decode(rle.expand(mask.counts), mask.size)
    rows, columns = np.nonzero(pixels)
    places = np.concatenate([np.column_stack([columns + dx, rows + dy]) for dx in (0, 1) for dy in (0, 1)]).astype(
        float
    )
    hull = places[ConvexHull(places).vertices]
    best: tuple[float, RotatedBoxLabel] | None = None
    for way in np.roll(hull, -1, axis=0) - hull:
        turn = float(np.arctan2(way[1], way[0]))
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        low, high = (hull @ axes.T).min(axis=0), (hull @ axes.T).max(axis=0)
        width, height = (high - low).tolist()
        cx, cy = ((low + high) / 2 @ axes).tolist()
        angle = float(np.rad2deg(turn))
        if height > width:
            width, height, angle = height, width, angle + 90
        box = RotatedBoxLabel(label=mask.label, cx=cx, cy=cy, width=width, height=height, angle=(angle + 90) % 180 - 90)
        if best is None or width * height < best[0]:
            best = (width * height, box)
    if best is None:
        raise ValueError("an area without pixels has no box")
    return best[1]


def write_turned(folder: Path, made: Sequence[PlatePicture], label: str) -> Path:
    """Pictures with turned boxes round the defects of one class, in YOLO's files; every fourth plate is kept."""
    for one in made:
        side = "val" if one.meta["plate"] % 4 == 0 else "train"
        for part in ("images", "labels"):
            (folder / part / side).mkdir(parents=True, exist_ok=True)
        (folder / "images" / side / one.name).write_bytes(one.data)
        size = np.array([one.meta["width"], one.meta["height"]], dtype=float)
        rows = [(corners(turned_box(mask)) / size).ravel() for mask in one.masks if mask.label == label]
        text = "".join("0 " + " ".join(f"{value:.8f}" for value in row) + "\n" for row in rows)
        (folder / "labels" / side / f"{Path(one.name).stem}.txt").write_text(text)
    data = f"path: .\ntask: obb\ntrain: images/train\nval: images/val\nnames: [{label}]\n"
    (folder / "data.yaml").write_text(data)
    return folder


def severity(labels: Sequence[LabelRecord], share: float) -> str:
    """The grade of a picture by the share of it that defects cover: none, up to 2 %, up to 8 %, more."""
    if not labels:
        return "0"
    return "1" if share < 0.02 else "2" if share < 0.08 else "3"


def grade(one: PlatePicture) -> str:
    """By the exact areas."""
    area = sum(rle.area(rle.expand(mask.counts)) for mask in one.masks)
    return severity(one.labels, area / (one.meta["width"] * one.meta["height"]))
