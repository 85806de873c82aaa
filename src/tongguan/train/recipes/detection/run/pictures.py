"""The training pictures in memory, as the model will see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.box import BoxLabel
from tongguan.train.recipes.base import PictureUnreadable, RecipeError
from tongguan.train.recipes.batches import room
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.letterbox import letterbox


@dataclass(frozen=True, slots=True)
class Pictures:
    """pixels uint8 (n, size, size, 3); per picture boxes (m, 4) as x1 y1 x2 y2 in input pixels and classes (m,)."""

    pixels: NDArray[np.uint8]
    boxes: list[NDArray[np.float32]]
    classes: list[NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.boxes)


def label_classes(items: list[Item]) -> tuple[str, ...]:
    """The label classes of the boxes, sorted."""
    names = {label.label for item in items for label in item.records() if isinstance(label, BoxLabel)}
    if not names:
        raise RecipeError("no_boxes", "no training item has a box: there is nothing to learn")
    return tuple(sorted(names))


def load_pictures(job: Job, items: list[Item], labels: tuple[str, ...], size: int) -> Pictures:
    """Reads and decodes every item once. Raises RecipeError that names an item that cannot be read any more."""
    number = {name: at for at, name in enumerate(labels)}
    pixels = room(job, (len(items), size, size, 3))
    boxes, classes = [], []
    for at, item in enumerate(items):
        job.check_stop()
        try:
            with job.tree.open(item.path) as stream:
                picture = letterbox(stream.read(), size)
        except (OSError, PictureUnreadable) as error:
            raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error
        pixels[at] = picture.pixels
        some = [label for label in item.records() if isinstance(label, BoxLabel)]
        corners = np.array(
            [(one.x, one.y, one.x + one.width, one.y + one.height) for one in some], dtype=np.float32
        ).reshape(-1, 4)
        boxes.append((corners * np.asarray(picture.factor * 2, dtype=np.float32)).astype(np.float32))
        classes.append(np.array([number[one.label] for one in some], dtype=np.int64))
        job.report.progress(phase="read", done=at + 1, of=len(items))
    return Pictures(pixels, boxes, classes)
