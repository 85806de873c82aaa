"""The plate maker: same for the same seed, boxes exact, rare kinds rare, flaws as asked."""

from __future__ import annotations

import io
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from tongguan.catalog.labels.box import problems
from tongguan.catalog.labels.mask import rle
from tongguan.industries.steel_plates import CHECKS, LABEL_SET, guideline, guideline_both
from tongguan.industries.steel_plates.defects.base import VISIBLE, Strength
from tongguan.industries.steel_plates.defects.registry import DEFECTS
from tongguan.industries.steel_plates.flaws import COPIES, FLAWS
from tongguan.industries.steel_plates.maker import PlatePicture, add_defects
from tongguan.industries.steel_plates.series import make_plates, write_plates


@pytest.fixture(scope="module")
def plates() -> list[PlatePicture]:
    return list(make_plates(150, seed=11))


def grey(data: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


def test_same_seed_same_bytes_other_seed_other_pictures(plates: list[PlatePicture]) -> None:
    assert list(make_plates(6, seed=11)) == plates[:6]
    assert next(make_plates(1, seed=12)).data != plates[0].data


def test_a_later_plate_does_not_depend_on_the_ones_before(plates: list[PlatePicture]) -> None:
    third = [picture for picture in plates if picture.group == "plate-0003"]
    assert list(make_plates(len(third), seed=11, first_plate=3)) == third


def test_names_are_unique_and_groups_have_several_pictures(plates: list[PlatePicture]) -> None:
    assert len({picture.name for picture in plates}) == len(plates)
    sizes = Counter(picture.group for picture in plates[:-5])
    assert min(sizes.values()) >= 1
    assert sum(sizes.values()) / len(sizes) > 2.5


def test_pictures_are_what_meta_says(plates: list[PlatePicture]) -> None:
    for picture in plates:
        pixels = grey(picture.data)
        assert pixels.shape == (picture.meta["height"], picture.meta["width"])
        assert 30 < pixels.mean() < 225
        assert pixels.std() > 3
    assert len({(picture.meta["width"], picture.meta["height"]) for picture in plates}) >= 3


def test_boxes_lie_inside_and_pass_the_machine_checks(plates: list[PlatePicture]) -> None:
    keys = {entry.key for entry in LABEL_SET}
    for picture in plates:
        for label in picture.labels:
            assert problems(label, picture.meta["width"], picture.meta["height"]) == ()
            assert label.width >= CHECKS.min_width
            assert label.height >= CHECKS.min_height
            assert label.label in keys
            assert label.attributes["severity"] in {"light", "medium", "heavy"}


def test_rare_kinds_are_rare_but_there(plates: list[PlatePicture]) -> None:
    counts = Counter(label.label for picture in plates for label in picture.labels)
    assert set(counts) == set(DEFECTS)
    assert counts["crazing"] < counts["patches"] < counts["inclusion"] + counts["scratches"]
    empty = sum(not picture.labels for picture in plates) / len(plates)
    assert 0.1 < empty < 0.4


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_every_defect_stays_in_its_room_and_is_visible(name: str) -> None:
    for seed in range(15):
        rng = np.random.default_rng(seed)
        change = DEFECTS[name].draw(rng, Strength(0.2, 0.75), (118, 158))
        assert change.shape[0] <= 118
        assert change.shape[1] <= 158
        assert (np.abs(change) >= VISIBLE).sum() >= 12
        assert np.abs(change).max() <= 1


def test_boxes_touch_the_changed_pixels_on_every_side() -> None:
    seen = 0
    for seed in range(60):
        even = np.full((240, 320), 100, dtype=np.float32)
        labels = add_defects(np.random.default_rng(seed), even)
        changed = np.abs(even - 100) >= 100 * VISIBLE * 0.99
        if len(labels) != 1:
            continue
        seen += 1
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        (box,) = labels
        assert (box.x, box.y) == (columns[0], rows[0])
        assert (box.x + box.width, box.y + box.height) == (columns[-1] + 1, rows[-1] + 1)
    assert seen > 10


def test_large_plates_hold_more() -> None:
    picture = next(make_plates(1, seed=3, size=(1600, 1000)))
    assert grey(picture.data).shape == (1000, 1600)
    assert len(picture.labels) > 3


def test_flaws_come_as_asked() -> None:
    asked = dict.fromkeys(FLAWS, 1) | {"duplicate": 2}
    pictures = list(make_plates(40, seed=5, flaws=asked))
    assert len(pictures) == 40
    assert len({picture.name for picture in pictures}) == 40
    assert Counter(picture.meta["flaw"] for picture in pictures if "flaw" in picture.meta) == asked
    by_name = {picture.name: picture for picture in pictures}
    for picture in pictures:
        if "flaw" not in picture.meta:
            continue
        check_flaw(picture, by_name)


def check_flaw(picture: PlatePicture, others: dict[str, PlatePicture]) -> None:
    flaw = picture.meta["flaw"]
    if flaw == "truncated":
        assert not ImageFile.LOAD_TRUNCATED_IMAGES
        with pytest.raises(OSError, match="truncated"):
            grey(picture.data)
        return
    pixels = grey(picture.data).astype(float)
    if flaw in COPIES:
        original = others[picture.meta["of"]]
        assert (picture.group, picture.labels) == (original.group, original.labels)
        assert (picture.data == original.data) == (flaw == "duplicate")
        assert np.abs(pixels - grey(original.data)).mean() < 8
    elif flaw == "dark":
        assert pixels.mean() < 25
    elif flaw == "blurred":
        assert np.abs(np.diff(pixels)).mean() < 1
    else:
        assert (flaw, picture.labels, pixels.std()) == ("blank", (), 0)


def test_flaws_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="unknown flaw 'odd'"):
        list(make_plates(3, seed=1, flaws={"odd": 1}))
    with pytest.raises(ValueError, match="no sound one"):
        list(make_plates(3, seed=1, flaws={"dark": 3}))


def test_write_plates(tmp_path: Path) -> None:
    pictures = list(write_plates(tmp_path / "new", 3, seed=2))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [picture.name for picture in pictures]


def test_label_set_has_both_languages_and_own_hotkeys_and_colours() -> None:
    assert [entry.hotkey for entry in LABEL_SET] == list("123456")
    assert len({entry.color for entry in LABEL_SET}) == len(LABEL_SET)
    assert {entry.key for entry in LABEL_SET} == set(DEFECTS)
    for entry in LABEL_SET:
        assert all((entry.name.zh, entry.name.en, entry.definition.zh, entry.definition.en))
        (severity,) = entry.attributes
        assert [option.hotkey for option in severity.options] == ["Q", "W", "E"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_guideline_speaks_of_every_class(language: str) -> None:
    text = guideline(language)
    for entry in LABEL_SET:
        assert getattr(entry.name, language) in text
    assert text in guideline_both()


def test_series_is_lazy() -> None:
    assert len(list(islice(make_plates(10**9, seed=1), 2))) == 2


def test_masks_lie_in_their_boxes_and_fill_them_to_the_edges(plates: list[PlatePicture]) -> None:
    assert any(picture.masks for picture in plates)
    for picture in plates:
        assert len(picture.masks) == len(picture.labels)
        for mask, box in zip(picture.masks, picture.labels, strict=True):
            assert mask.label == box.label
            assert mask.size == (picture.meta["height"], picture.meta["width"])
            assert rle.bounds(rle.expand(mask.counts), mask.size[0]) == (box.x, box.y, box.width, box.height)
