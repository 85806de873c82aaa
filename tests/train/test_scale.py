"""Input size and batch where nobody asked for one."""

from __future__ import annotations

import pytest

from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.detection.run.scale import fitted
from tongguan.train.recipes.items import Item


def _items(width: int, height: int, **boxes: tuple[float, int]) -> list[Item]:
    """One item with square boxes: per class their side and how many."""
    labels = tuple(
        {"kind": "box", "label": label, "x": 0.0, "y": 0.0, "width": side, "height": side}
        for label, (side, count) in boxes.items()
        for _ in range(count)
    )
    return [Item(name="a", path="a", sha256="", side="train", group="", labels=labels, width=width, height=height)]


@pytest.mark.parametrize(
    ("items", "size", "batch"),
    [
        (_items(200, 200, crack=(40, 9)), 192, 16),
        (_items(800, 600, string=(250, 9), broken=(36, 9)), 512, 8),
        (_items(800, 600, string=(250, 9), broken=(60, 9)), 320, 8),
        (_items(800, 600, string=(250, 9), speck=(8, 4)), 192, 16),
        (_items(4000, 3000, speck=(8, 9)), 512, 8),
        (_items(300, 300, speck=(8, 9)), 288, 8),
        (_items(100, 60, speck=(8, 9)), 192, 16),
        (_items(0, 0), 192, 16),
    ],
    ids=[
        "plates",
        "small class",
        "middling class",
        "too few to say",
        "at most",
        "no more than is there",
        "small",
        "none",
    ],
)
def test_size_and_batch_come_from_pictures_and_boxes(items: list[Item], size: int, batch: int) -> None:
    found = fitted(DetectionParams(), items)
    assert (found.size, found.batch) == (size, batch)


def test_what_was_asked_for_stays() -> None:
    found = fitted(DetectionParams(size=96, batch=3), _items(800, 600, broken=(36, 9)))
    assert (found.size, found.batch) == (96, 3)
    assert fitted(DetectionParams(size=256), []).batch == 9


@pytest.mark.parametrize("size", [32, 100, -32])
def test_sizes_that_do_not_fit_the_cells_are_refused(size: int) -> None:
    with pytest.raises(ValueError):
        DetectionParams(size=size)
