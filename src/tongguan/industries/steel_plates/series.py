"""A series of plates with as many flawed pictures as are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from tongguan.industries.steel_plates.flaws import COPIES, FLAWS
from tongguan.industries.steel_plates.maker import PlatePicture, draw_plates


def make_plates(
    count: int,
    seed: int,
    *,
    flaws: Mapping[str, int] | None = None,
    size: tuple[int, int] | None = None,
    first_plate: int = 1,
) -> Iterator[PlatePicture]:
    """Yields `count` pictures (name, JPEG bytes, boxes, group key, meta), the same for the same arguments.

    `flaws` says how many of them are flawed, by kind of FLAWS, for instance {"duplicate": 2, "dark": 1}, at places
    spread by the seed: copies are made of the sound picture before them, the others take a sound picture's place.
    `size` is (width, height) of all pictures instead of each plate's own; large ones get more defects. A second batch
    starts at another `first_plate`.
    ValueError for an unknown flaw, or when flaws leave no sound picture.
    """
    places = _places(count, seed, flaws or {})
    sound = draw_plates(seed, size, first_plate)
    last: PlatePicture | None = None
    used: set[str] = set()
    for place in range(count):
        flaw = places.get(place)
        if flaw is None or last is None:
            last = next(sound)
            yield last
            continue
        flawed = FLAWS[flaw](last if flaw in COPIES else next(sound))
        if flawed.name in used:  # a second copy of one picture
            stem, _, suffix = flawed.name.rpartition(".")
            flawed = flawed._replace(name=f"{stem}-{place}.{suffix}")
        used.add(flawed.name)
        yield flawed


def write_plates(
    folder: Path,
    count: int,
    seed: int,
    *,
    flaws: Mapping[str, int] | None = None,
    size: tuple[int, int] | None = None,
    first_plate: int = 1,
) -> Iterator[PlatePicture]:
    """As `make_plates`, and writes each picture into `folder` (made if missing) before yielding it."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in make_plates(count, seed, flaws=flaws, size=size, first_plate=first_plate):
        (folder / picture.name).write_bytes(picture.data)
        yield picture


def _places(count: int, seed: int, flaws: Mapping[str, int]) -> dict[int, str]:
    unknown = set(flaws) - set(FLAWS)
    if unknown:
        raise ValueError(f"unknown flaw {sorted(unknown)[0]!r}; the flaws are {', '.join(FLAWS)}")
    kinds = [kind for kind in FLAWS for _ in range(flaws.get(kind, 0))]
    if len(kinds) >= count > 0 or (kinds and count <= 0):
        raise ValueError(f"{len(kinds)} flawed pictures of {count} leave no sound one")
    # The first place stays sound: a copy is made of the sound picture before it.
    chosen = np.random.default_rng([seed, 0]).choice(max(count - 1, 0), len(kinds), replace=False) + 1
    return dict(zip(map(int, chosen), kinds, strict=True))
