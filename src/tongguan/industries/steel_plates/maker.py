"""Makes plates: pictures with exactly known boxes, the same for the same seed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.industries.steel_plates.defects.base import SEVERITIES, VISIBLE, Strength
from tongguan.industries.steel_plates.defects.registry import DEFECTS
from tongguan.industries.steel_plates.noise import Field, Random
from tongguan.industries.steel_plates.surface import Look, draw_light, draw_surface, random_look

SIZES = ((320, 240), (320, 240), (320, 256), (384, 288), (256, 256))  # width, height; one for each plate
NORMAL_AREA = 320 * 240
MOST_DEFECTS = 400
SMALLEST = 4  # pixels; the guideline leaves smaller ones out
JPEG_QUALITY = 88
CLOSING = 3  # pixels
NUMBERS = (0, 1, 2, 3, 4)
NUMBER_SHARES = (0.22, 0.38, 0.24, 0.11, 0.05)
SEVERITY_SHARES = (0.3, 0.45, 0.25)
# Smallest share of a defect's box that another box may cover: more, and a person could not tell them apart.
MOST_OVERLAP = 0.15

_NAMES = tuple(DEFECTS)
_SHARES = np.array([defect.share for defect in DEFECTS.values()]) / sum(d.share for d in DEFECTS.values())


Pixels = np.ndarray[Any, np.dtype[np.bool_]]


class PlatePicture(NamedTuple):
    """One picture. `group` is the plate; `meta` holds width, height, look and, where there is one, `flaw`. `masks`:
    for each label, in the same order, the area of the defect: what was visibly changed, with the gaps in it closed."""

    name: str
    data: bytes
    labels: tuple[BoxLabel, ...]
    group: str
    meta: dict[str, Any]
    masks: tuple[MaskLabel, ...] = ()


def draw_picture(
    seed: int, plate: int, number: int, look: Look, size: tuple[int, int], quality: int = JPEG_QUALITY
) -> PlatePicture:
    """Picture `number` of a plate at `size` (width, height); everything random comes from seed, plate and number."""
    rng = np.random.default_rng([seed, plate, number])
    across, down = (size[1], size[0]) if look.upright else size
    surface = draw_surface(rng, look, down, across)
    areas: list[Pixels] = []
    labels = add_defects(rng, surface, areas)
    if look.upright:
        surface = surface.T
        labels = [_turned(label) for label in labels]
        areas = [area.T for area in areas]
    surface = surface * draw_light(look, size[1], size[0])
    surface += np.float32(look.grain) * rng.standard_normal(surface.shape, dtype=np.float32)
    grey = np.clip(surface * np.float32(rng.uniform(0.93, 1.07)), 0, 255).astype(np.uint8)
    meta: dict[str, Any] = {
        "width": size[0],
        "height": size[1],
        "plate": plate,
        "position": number,
        "rolling": "down" if look.upright else "across",
        "tone": round(look.tone),
        "light": round(look.light, 2),
    }
    group = f"plate-{plate:04d}"
    return PlatePicture(
        f"{group}_{number:02d}.jpg", encode(grey, quality), tuple(labels), group, meta, _masks(labels, areas, size)
    )


def encode(grey: np.ndarray[Any, np.dtype[np.uint8]], quality: int = JPEG_QUALITY) -> bytes:
    """A grey picture as JPEG bytes."""
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def plate_look(seed: int, plate: int) -> tuple[Look, tuple[int, int], int]:
    """The look, the usual size (width, height) and the number of pictures (2 to 5) of a plate."""
    rng = np.random.default_rng([seed, plate])
    look = random_look(rng)
    return look, SIZES[int(rng.integers(len(SIZES)))], int(rng.integers(2, 6))


def draw_plates(seed: int, size: tuple[int, int] | None = None, first: int = 1) -> Iterator[PlatePicture]:
    """Pictures of plate `first` and all plates after it, without end; `size` overrides each plate's own."""
    plate = first
    while True:
        look, usual, pictures = plate_look(seed, plate)
        for number in range(1, pictures + 1):
            yield draw_picture(seed, plate, number, look, size or usual)
        plate += 1


def add_defects(rng: Random, surface: Field, areas: list[Pixels] | None = None) -> list[BoxLabel]:
    """Draws defects into the surface; the labels' boxes hold exactly the pixels that were visibly changed. `areas` gets
    the area of each, (height, width) of its box."""
    height, width = surface.shape
    share = max(1.0, height * width / NORMAL_AREA)
    wanted = int(rng.choice(NUMBERS, p=NUMBER_SHARES))
    if share > 1.5:
        wanted = min(MOST_DEFECTS, int(rng.poisson(0.35 * share)))
    # A plate mostly suffers from one trouble: later defects often repeat the first one.
    labels: list[BoxLabel] = []
    for _ in range(wanted):
        repeat = labels and rng.random() < 0.5
        name = labels[0].label if repeat else _NAMES[int(rng.choice(len(_NAMES), p=_SHARES))]
        added = _add_one(rng, surface, name, labels)
        if added is not None:
            labels.append(added[0])
            if areas is not None:
                areas.append(_area(added[1]))
    return labels


def _add_one(rng: Random, surface: Field, name: str, others: list[BoxLabel]) -> tuple[BoxLabel, Pixels] | None:
    severity = int(rng.choice(len(SEVERITIES), p=SEVERITY_SHARES))
    strength = Strength(
        contrast=float((0.19, 0.29, 0.42)[severity] * rng.uniform(0.9, 1.12)), size=(0.75, 1.0, 1.25)[severity]
    )
    height, width = surface.shape
    change = DEFECTS[name].draw(rng, strength, (height - 2, width - 2))
    visible = np.abs(change) >= VISIBLE
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    if not len(rows) or min(np.ptp(rows), np.ptp(columns)) + 1 < SMALLEST:
        return None
    change = change[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    change = np.where(np.abs(change) >= VISIBLE * 0.6, change, 0)
    high, wide = change.shape
    for _ in range(12):
        top, left = int(rng.integers(0, height - high + 1)), int(rng.integers(0, width - wide + 1))
        label = BoxLabel(
            label=name, x=left, y=top, width=wide, height=high, attributes={"severity": SEVERITIES[severity]}
        )
        if all(_covered(label, other) <= MOST_OVERLAP for other in others):
            surface[top : top + high, left : left + wide] *= 1 + change
            return label, np.abs(change) >= VISIBLE
    return None


def _area(visible: Pixels) -> Pixels:
    """A net of cracks or a field of pits is one area: gaps of up to two CLOSING are closed, holes are filled."""
    padded = np.pad(visible, CLOSING)
    y, x = np.ogrid[-CLOSING : CLOSING + 1, -CLOSING : CLOSING + 1]
    closed = ndimage.binary_fill_holes(ndimage.binary_closing(padded, y * y + x * x <= CLOSING * CLOSING))
    inside: Pixels = closed[CLOSING:-CLOSING, CLOSING:-CLOSING]
    return inside


def _masks(labels: list[BoxLabel], areas: list[Pixels], size: tuple[int, int]) -> tuple[MaskLabel, ...]:
    """The areas at their places in a picture of `size` (width, height)."""
    masks = []
    for label, area in zip(labels, areas, strict=True):
        pixels = np.zeros(size[::-1], dtype=np.bool_)
        top, left = round(label.y), round(label.x)
        pixels[top : top + area.shape[0], left : left + area.shape[1]] = area
        counts = rle.compress(rle.encode(pixels))
        masks.append(MaskLabel(label=label.label, size=size[::-1], counts=counts, attributes=label.attributes))
    return tuple(masks)


def _covered(first: BoxLabel, second: BoxLabel) -> float:
    """Share of the smaller box that the other one covers."""
    across = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    down = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / min(first.width * first.height, second.width * second.height)


def _turned(label: BoxLabel) -> BoxLabel:
    """The label after the picture was mirrored at its diagonal."""
    return label.model_copy(update={"x": label.y, "y": label.x, "width": label.height, "height": label.width})
