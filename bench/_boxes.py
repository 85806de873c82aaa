"""A data set of a million boxes on disk, and what came of it after conversions."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT, CLASSES = 640, 480, 20
_OBJECT = re.compile(
    r"<name>(?P<name>[^<]*)</name>.*?<xmin>\s*(?P<left>[^<]+?)\s*</xmin>.*?<ymin>\s*(?P<top>[^<]+?)\s*</ymin>"
    r".*?<xmax>\s*(?P<right>[^<]+?)\s*</xmax>.*?<ymax>\s*(?P<bottom>[^<]+?)\s*</ymax>",
    re.DOTALL,
)


def make_coco(folder: Path, pictures: int, each: int) -> None:
    """images/000001.png … and annotations/instances.json: boxes inside the pictures, hundredths of a pixel.

    All pictures are the same small file of one colour: what a label costs is measured, not what a pixel costs.
    """
    (folder / "images").mkdir(parents=True)
    (folder / "annotations").mkdir()
    drawn = io.BytesIO()
    Image.new("1", (WIDTH, HEIGHT)).save(drawn, "PNG")
    for number in range(1, pictures + 1):
        (folder / "images" / f"{number:06d}.png").write_bytes(drawn.getvalue())
    with (folder / "annotations" / "instances.json").open("w", encoding="utf-8") as out:
        named = ",".join(f'{{"id":{number + 1},"name":"class{number:02d}"}}' for number in range(CLASSES))
        out.write(f'{{"info":{{}},"licenses":[],"categories":[{named}],"images":[')
        for number in range(1, pictures + 1):
            out.write("," if number > 1 else "")
            out.write(f'{{"id":{number},"file_name":"{number:06d}.png","width":{WIDTH},"height":{HEIGHT}}}')
        out.write('],"annotations":[')
        identity = 0
        for number, boxes in enumerate(simulate(pictures, each), start=1):
            for label, left, top, width, height in boxes:
                identity += 1
                out.write("," if identity > 1 else "")
                out.write(f'{{"id":{identity},"image_id":{number},"category_id":{int(label) + 1},')
                out.write(f'"bbox":[{left:.2f},{top:.2f},{width:.2f},{height:.2f}],"area":{width * height:.4f},')
                out.write('"iscrowd":0,"segmentation":[]}')
        out.write("]}")


def simulate(pictures: int, each: int) -> Iterator[list[tuple[float, ...]]]:
    """Class, left, top, width, height in pixels of every box, picture by picture; the same at every call."""
    rng = np.random.default_rng(11)
    for _ in range(pictures):
        size = rng.uniform(4, 200, (each, 2)).round(2)
        place = (rng.random((each, 2)) * (np.array([WIDTH, HEIGHT]) - size)).round(2)
        label = rng.integers(0, CLASSES, (each, 1))
        yield [tuple(row) for row in np.concatenate([label, place, size], axis=1).tolist()]


def compare_voc(folder: Path, pictures: int, each: int, first: int) -> dict[str, float | int]:
    """How many boxes of Pascal VOC are those that were made, and the largest difference of an edge in pixels.

    `first` is the number that the writer gives the first pixel: 1 as VOC has it, 0 where it counts from nought.
    """
    found = lost = 0
    furthest = 0.0
    for number, boxes in enumerate(simulate(pictures, each), start=1):
        path = folder / f"{number:06d}.xml"
        rows = list(_OBJECT.finditer(path.read_text(encoding="utf-8"))) if path.exists() else []
        lost += abs(len(boxes) - len(rows))
        for row, (label, left, top, width, height) in zip(rows, boxes, strict=False):
            read = (float(row[edge]) for edge in ("left", "top", "right", "bottom"))
            wanted = (left + first, top + first, left + width, top + height)
            furthest = max(furthest, *(abs(one - other) for one, other in zip(read, wanted, strict=True)))
            found += row["name"] == f"class{int(label):02d}"
    return {"boxes": found, "absent": lost, "largest_difference_px": round(furthest, 7)}
