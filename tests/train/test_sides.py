"""Which items train, are kept, are tested or left out, for data with and without sides of their own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.train.plates import coco, plate, write_coco, write_plates, write_sided_coco
from tongguan.datasets.splitting import fraction
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.items import BY_CLUSTER, BY_SIDES, Gathered, read_gathered, write_gathered
from tongguan.train.recipes.reading import read_source
from tongguan.train.recipes.sides import decide_sides
from tongguan.train.recipes.sources.base import Source


def read(folder: Path, form: str = "auto") -> Source:
    """The boxes of a folder."""
    return read_source(folder, form, ("box",))


def names(gathered: Gathered, side: str) -> set[str]:
    """Names on a side."""
    return {item.name for item in gathered.items if item.side == side}


def test_kept_by_the_hash_of_the_picture(tmp_path: Path) -> None:
    made = decide_sides(read(write_coco(tmp_path, 40)), 0.15)
    assert made.by == BY_CLUSTER
    assert made.counts() == {
        "train": len(names(made, "train")),
        "kept": len(names(made, "kept")),
        "test": 0,
        "left_out": 0,
        "by": BY_CLUSTER,
    }
    for item in made.items:
        assert item.group == item.sha256
        assert (item.side == "kept") == (fraction(item.sha256) < 0.15)
    assert names(made, "kept")


def test_equal_pictures_once_and_similar_ones_together(tmp_path: Path) -> None:
    folder = write_coco(tmp_path, 12)
    document = json.loads((folder / "annotations.json").read_text())
    shutil.copy(folder / "images" / "plate_004.png", folder / "images" / "copy.png")
    document["images"].append({"id": 99, "file_name": "copy.png", "width": 96, "height": 96})
    (folder / "annotations.json").write_text(json.dumps(document))
    made = decide_sides(read(folder), 0.3)
    assert [(one.name, one.reason) for one in made.left_out] == [
        ("images/plate_004.png", "the same picture as images/copy.png, with other labels")
    ]
    assert made.counts()["left_out"] == 1
    assert len(made.items) == 12


def test_nothing_kept_means_all_train(tmp_path: Path) -> None:
    made = decide_sides(read(write_coco(tmp_path, 12)), 0.0, holdout=0.2)
    assert names(made, "train") == {item.name for item in made.items}
    assert not any(item.holdout for item in made.items)


def test_the_holdout_is_part_of_training_and_of_whole_groups(tmp_path: Path) -> None:
    made = decide_sides(read(write_coco(tmp_path, 60)), 0.15, holdout=0.2)
    held = [item for item in made.items if item.holdout]
    assert held
    assert all(item.side == "train" for item in held)
    assert not {item.group for item in held} & {item.group for item in made.items if not item.holdout}
    assert decide_sides(read(tmp_path), 0.15, holdout=0.2) == made


def test_own_sides_are_read_and_line_is_not_used(tmp_path: Path) -> None:
    folder = write_sided_coco(tmp_path, {"train": 6, "val": 3, "line": 2})
    made = decide_sides(read(folder), 0.15)
    assert made.by == BY_SIDES
    assert made.counts() == {"train": 6, "kept": 3, "test": 0, "left_out": 2, "by": BY_SIDES}
    assert all("line" in one.reason for one in made.left_out)


def test_train_and_test_only_keep_some_of_train(tmp_path: Path) -> None:
    made = decide_sides(read(write_sided_coco(tmp_path, {"train": 20, "test": 4})), 0.2)
    assert made.counts()["test"] == 4
    assert names(made, "kept")
    assert all("/train/" in name for name in names(made, "kept") | names(made, "train"))
    whole = decide_sides(read(tmp_path), 0.0)
    assert whole.counts()["kept"] == 0
    assert whole.counts()["train"] == 20


def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    made = write_plates(tmp_path / "images", 10)
    document = coco(made)
    (tmp_path / "images" / "unlabelled.png").write_bytes(plate(77)[0])
    (tmp_path / "images" / "broken.png").write_bytes(b"not a picture")
    for at, name in enumerate(("broken.png", "missing.png", "polygon.png"), start=90):
        document["images"].append({"id": at, "file_name": name, "width": 96, "height": 96})
    (tmp_path / "images" / "polygon.png").write_bytes(plate(78)[0])
    shape = {
        "id": 900,
        "image_id": 92,
        "category_id": 1,
        "segmentation": [[1, 1, 20, 1, 9, 20]],
        "bbox": [1, 1, 19, 19],
    }
    document["annotations"].append({**shape, "area": 190, "iscrowd": 0})
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    source = read(tmp_path)
    reasons = {one.name.rpartition("/")[2]: one.reason for one in source.left_out}
    assert set(reasons) == {"broken.png", "missing.png", "polygon.png", "unlabelled.png"}
    assert reasons["unlabelled.png"] == "unlabelled"
    assert "missing" in reasons["missing.png"]
    assert "polygon" in reasons["polygon.png"]
    assert len(source.found) == 10


def test_the_hash_of_data_knows_them_elsewhere_and_under_other_names(tmp_path: Path) -> None:
    first = read(write_coco(tmp_path / "a", 6))
    renamed = write_plates(tmp_path / "b" / "images", 6)
    moved = [(f"other_{name}", content, labels) for name, content, labels in reversed(renamed)]
    for name, _, _ in renamed:
        (tmp_path / "b" / "images" / name).rename(tmp_path / "b" / "images" / f"other_{name}")
    (tmp_path / "b" / "annotations.json").write_text(json.dumps(coco(moved)))
    assert read(tmp_path / "b").sha256 == first.sha256
    document = coco(moved)
    document["annotations"][0]["bbox"][0] += 1
    (tmp_path / "b" / "annotations.json").write_text(json.dumps(document))
    assert read(tmp_path / "b").sha256 != first.sha256


def test_the_manifest_reads_back(tmp_path: Path) -> None:
    made = decide_sides(read(write_coco(tmp_path / "data", 6)), 0.2)
    write_gathered(made, tmp_path / "items.jsonl")
    assert read_gathered(tmp_path / "items.jsonl") == made


def test_usage_problems_name_the_remedy(tmp_path: Path) -> None:
    folder = write_coco(tmp_path, 1)
    with pytest.raises(UsageProblem, match="kept=0"):
        decide_sides(read(folder), 0.15)
    with pytest.raises(UsageProblem, match="coco"):
        read(folder, "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageProblem, match="--format"):
        read(tmp_path / "empty")
