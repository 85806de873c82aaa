"""Near-duplicates: copies that were saved, resized or shifted are found; different textures never are."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from tests.catalog.samples import encoded, noise
from tongguan.prepare.checks import NearIndex, measure, near_clusters
from tongguan.prepare.checks.near import MAX_BITS, MIN_CORRELATION
from tongguan.prepare.checks.perceptual import describe, texture

NEU = Path(__file__).parents[4] / "shared/data/neu-det/images"
CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "resized": lambda picture: picture.resize((120, 120), Image.Resampling.LANCZOS),
    "enlarged": lambda picture: picture.resize((333, 333), Image.Resampling.BICUBIC),
    "brighter": lambda picture: picture.point(lambda level: min(255, level + 12)),
    "less contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(0.85),
    "softer": lambda picture: picture.filter(ImageFilter.GaussianBlur(1)),
    "shifted by 2 px": lambda picture: picture.crop((2, 2, 200, 200)),
    "cropped by 1 %": lambda picture: picture.crop((2, 2, 198, 198)),
}


def texture_of(seed: int) -> Image.Image:
    """A plate: smooth light from one side, and a grain of random coarseness."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-1, 1, 200)
    light = 120 + 40 * rng.random() * x[None, :] + 30 * rng.random() * x[:, None]
    grain = np.zeros((200, 200))
    for coarse in (4, 10, 25):
        size = 200 // coarse
        spots = Image.fromarray(rng.normal(0, 1, (size, size)).astype(np.float32))
        grain += rng.random() * np.asarray(spots.resize((200, 200), Image.Resampling.BICUBIC))
    return Image.fromarray(np.clip(light + 18 * grain + rng.normal(0, 3, (200, 200)), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("change", CHANGES)
def test_changed_copies_are_found(change: str) -> None:
    pictures = [texture_of(seed) for seed in range(40)]
    pictures += [CHANGES[change](picture) for picture in pictures]
    found = [measure(encoded(picture, quality=80), "a.jpg") for picture in pictures]
    clusters = near_clusters([f.phash for f in found], [f.tiny for f in found])
    joined = sum(clusters[at + 40] == at for at in range(40))
    assert joined >= 37
    assert all(clusters[at] in (at, at - 40) for at in range(80))


def test_different_textures_are_never_joined() -> None:
    found = [measure(encoded(texture_of(seed), quality=90), "a.jpg") for seed in range(300)]
    assert near_clusters([f.phash for f in found], [f.tiny for f in found]) == list(range(300))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.integers(2, 60))
def test_search_finds_what_comparing_all_pairs_finds(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    base = [int(value) for value in rng.integers(0, 2**63, 4)]
    hashes = []
    for _ in range(count):
        value = base[int(rng.integers(4))]
        for bit in rng.choice(64, int(rng.integers(0, 14)), replace=False):
            value ^= 1 << int(bit)
        hashes.append(value)
    spots = np.asarray(noise(16, 16, seed % 1000), dtype=np.uint8)
    tiny = [spots.tobytes()] * count
    expected = list(range(count))
    for _ in range(count):
        for first, second in itertools.combinations(range(count), 2):
            if (hashes[first] ^ hashes[second]).bit_count() <= MAX_BITS:
                low = min(expected[first], expected[second])
                expected = [low if root in (expected[first], expected[second]) else root for root in expected]
    assert near_clusters(hashes, tiny) == expected


def test_both_hash_and_texture_must_agree() -> None:
    one, other = (np.asarray(noise(16, 16, seed), dtype=np.uint8).tobytes() for seed in (1, 2))
    assert near_clusters([5, 5], [one, other]) == [0, 1]
    assert near_clusters([0, 2**20 - 1], [one, one]) == [0, 1]
    assert near_clusters([5, 4], [one, one]) == [0, 0]


def test_an_index_answers_for_one_picture() -> None:
    found = [measure(encoded(texture_of(seed)), "a.jpg") for seed in range(20)]
    index = NearIndex([f.phash for f in found], [f.tiny for f in found])
    again = measure(encoded(texture_of(7), quality=60), "a.jpg")
    assert index.matches(again.phash, again.tiny) == [7]
    new = measure(encoded(texture_of(99)), "a.jpg")
    assert index.matches(new.phash, new.tiny) == []
    assert NearIndex([], []).matches(5, found[0].tiny) == []
    with pytest.raises(ValueError, match="hashes"):
        NearIndex([1], [])


def test_a_standing_camera_stays_cheap() -> None:
    tiny = np.asarray(noise(16, 16, 1), dtype=np.uint8).tobytes()
    assert near_clusters([12345] * 20_000, [tiny] * 20_000) == [0] * 20_000


def test_the_hash_is_the_known_perceptual_hash() -> None:
    close = 0
    for seed in range(20):
        picture = texture_of(seed)
        known = imagehash.phash(picture)
        ours = np.array([int(bit) for bit in f"{describe(picture)[0]:064b}"], dtype=bool)
        close += int((ours != known.hash.ravel()).sum()) <= 6
    assert close >= 18


def test_light_is_taken_out_of_the_texture() -> None:
    spots = np.random.default_rng(3).integers(0, 128, (16, 16)).astype(np.float32)
    slope = np.linspace(0, 100, 16, dtype=np.float32)[None, :]
    pair = texture(np.stack([spots, spots + slope]).astype(np.uint8).reshape(2, 256))
    assert float(pair[0] @ pair[1]) > 0.95
    assert not texture(np.full((1, 256), 7, dtype=np.uint8)).any()


@pytest.mark.skipif(not NEU.is_dir(), reason="the steel plates of ../shared/data are not here")
def test_steel_plates() -> None:
    names = sorted(path.name for path in NEU.iterdir())
    found = [measure((NEU / name).read_bytes(), name) for name in names]
    clusters = near_clusters([f.phash for f in found], [f.tiny for f in found])
    joined = {names[at]: names[first] for at, first in enumerate(clusters) if at != first}
    # The first pair is one picture under two names, the second one plate photographed a few pixels apart.
    assert joined == {
        "patches_105.jpg": "patches_101.jpg",
        "pitted_surface_292.jpg": "pitted_surface_171.jpg",
    }
    assert MIN_CORRELATION < 0.94
