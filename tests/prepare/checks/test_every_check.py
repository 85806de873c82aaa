"""Every check of the registry finds its fault, and nothing else, in a small set of otherwise good pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.catalog.samples import MemoryTree, encoded, jpeg, noise, voc_xml
from tongguan.catalog.formats.registry import FORMATS
from tongguan.prepare.checks import CHECKS, CLOSING, CheckRun, ItemFacts, Measurement, Problem, measure, verdict
from tongguan.prepare.checks.inspection import Inspection, inspect_tree
from tongguan.prepare.checks.page import CHINESE, render

SIZE = (160, 120)
Files = dict[str, bytes | str]


def good(count: int = 8) -> Files:
    files: Files = {}
    for number in range(count):
        files[f"images/p{number}.jpg"] = jpeg(*SIZE, seed=number)
        files[f"voc/p{number}.xml"] = voc_xml("x", [("a", 11, 11, 60, 60)], *SIZE)
    return files


def added(picture: bytes, name: str = "images/x.jpg", xml: str | None = None) -> Files:
    files = good()
    files[name] = picture
    if xml is not None:
        files["voc/x.xml"] = xml
    return files


def boxed(xmin: float, ymin: float, xmax: float, ymax: float) -> Files:
    return added(jpeg(*SIZE, seed=99), xml=voc_xml("x", [("a", xmin, ymin, xmax, ymax)], *SIZE))


def split() -> Files:
    files = good()
    files["images/train/x.jpg"] = jpeg(*SIZE, seed=99)
    files["images/val/y.jpg"] = encoded(noise(*SIZE, seed=99), quality=60)
    return files


FAULTS: dict[str, Callable[[], Files]] = {
    "unreadable": lambda: added(b""),
    "truncated": lambda: added(jpeg(*SIZE, seed=99)[:2500]),
    "wrong_type": lambda: added(encoded(noise(*SIZE, seed=99), "PNG")),
    "duplicate": lambda: added(jpeg(*SIZE, seed=3)),
    "near_duplicate": lambda: added(encoded(noise(*SIZE, seed=3), quality=50)),
    "blank": lambda: added(encoded(Image.new("L", SIZE, 200))),
    "dark": lambda: added(encoded(noise(*SIZE, seed=99, high=45))),
    "blurred": lambda: added(encoded(noise(*SIZE, seed=99).filter(ImageFilter.GaussianBlur(8)))),
    "size_outlier": lambda: added(jpeg(SIZE[0] * 4, SIZE[1] * 4, seed=99)),
    "label_outside": lambda: boxed(100, 100, 180, 130),
    "zero_area": lambda: boxed(50, 20, 49, 40),
    "split_group": split,
}


def inspected(files: Files, format_id: str = "voc") -> Inspection:
    return inspect_tree(MemoryTree(files), FORMATS[format_id])


def test_good_pictures_have_no_problem() -> None:
    found = inspected(good())
    assert found.problems == []
    assert found.verdict.open
    assert found.report.items == 8


# Of tables, with their faults in test_tables.py; of outlines and spans, in test_other_media.py.
OF_COLUMNS = {"leaking_column", "dirty_value", "missing_value", "self_crossing", "label_overlap"}


@pytest.mark.parametrize("check", [check for check in CHECKS if check not in OF_COLUMNS])
def test_every_check_finds_its_fault(check: str) -> None:
    found = inspected(FAULTS[check]())
    expected = {check, "near_duplicate"} if check == "split_group" else {check}
    assert {problem.check for problem in found.problems} == expected
    assert found.verdict.open == (check not in CLOSING)
    if check in CLOSING:
        assert found.verdict.missing == (f"{check}: 1",)
    for problem in found.problems:
        assert problem.detail
        assert problem.item.rpartition("/")[2] in ("x.jpg", "y.jpg")
    if check in ("duplicate", "near_duplicate"):
        assert found.problems[0].other == "images/p3.jpg"


def test_the_default_gate_is_as_agreed() -> None:
    assert {
        "unreadable",
        "truncated",
        "wrong_type",
        "duplicate",
        "label_outside",
        "zero_area",
        "leaking_column",
        "split_group",
    } == CLOSING
    assert set(CHINESE) == set(CHECKS)
    problems = [Problem("a", "dark", ""), Problem("a", "zero_area", ""), Problem("b", "duplicate", "")]
    assert verdict(problems).missing == ("duplicate: 1", "zero_area: 1")
    assert verdict(problems, closing=("dark",)).missing == ("dark: 1",)


def test_one_problem_for_each_extra_copy_and_the_first_by_name_stays() -> None:
    files = good(3)
    for name in ("a", "z", "m"):
        files[f"images/{name}.jpg"] = jpeg(*SIZE, seed=50)
    found = [(p.item, p.other) for p in inspected(files).problems if p.check == "duplicate"]
    assert found == [("images/m.jpg", "images/a.jpg"), ("images/z.jpg", "images/a.jpg")]


def test_copies_on_two_sides_are_a_split_group_too() -> None:
    files = good(3)
    files["images/train/x.jpg"] = files["images/val/y.jpg"] = jpeg(*SIZE, seed=50)
    found = {(p.item, p.check) for p in inspected(files).problems}
    assert found == {("images/val/y.jpg", "duplicate"), ("images/val/y.jpg", "split_group")}


def test_group_keys_on_two_sides() -> None:
    run = CheckRun()
    measured = [measure(jpeg(*SIZE, seed=seed), "a.jpg") for seed in range(3)]
    for name, side, at in (("a", "train", 0), ("b", "kept", 1), ("c", "train", 2)):
        run.add(ItemFacts(name, measured[at], side=side, group="plate-7" if name != "c" else "plate-8"))
    assert [(p.item, p.check, p.other) for p in run.finish()] == [("b", "split_group", "a")]


def test_several_bad_labels_are_one_problem_that_counts_them() -> None:
    xml = voc_xml("x", [("a", 1, 1, 500, 50), ("b", 1, 1, 50, 500), ("ok", 1, 1, 5, 5)], *SIZE)
    (problem,) = inspected(added(jpeg(*SIZE, seed=99), xml=xml)).problems
    assert problem.check == "label_outside"
    assert problem.detail.startswith("2 labels; the first: box a at 0, 0, 500 x 50 px in 160 x 120 px")


def test_the_size_that_counts_is_after_exif_rotation() -> None:
    picture = encoded(noise(*SIZE, seed=99), orientation=6)
    inside, outside = voc_xml("x", [("a", 1, 1, 120, 160)], 120, 160), voc_xml("x", [("a", 1, 1, 160, 120)], *SIZE)
    assert inspected(added(picture, xml=inside)).problems == []
    assert [p.check for p in inspected(added(picture, xml=outside)).problems] == ["label_outside"]


def test_a_missing_picture_is_unreadable() -> None:
    files = good()
    files["voc/gone.xml"] = voc_xml("gone.jpg", [("a", 1, 1, 5, 5)])
    assert [(p.item, p.check) for p in inspected(files).problems] == [("voc/gone.jpg", "unreadable")]


def test_negative_sizes_are_zero_area_in_every_format() -> None:
    files = good(0)
    files["images/x.jpg"] = jpeg(*SIZE)
    files["annotations/instances.json"] = (
        '{"images": [{"id": 1, "file_name": "x.jpg"}], "categories": [{"id": 1, "name": "a"}],'
        ' "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [9, 9, -5, 5]},'
        ' {"id": 2, "image_id": 1, "category_id": 1, "bbox": [9, 9, 0, 5]}]}'
    )
    (problem,) = inspected(files, "coco").problems
    assert problem.check == "zero_area"
    assert problem.detail.startswith("2 labels")


def test_known_items_come_first_and_are_not_reported() -> None:
    run = CheckRun()
    same = measure(jpeg(*SIZE), "a.jpg")
    run.add(ItemFacts("z-known", same, known=True))
    run.add(ItemFacts("a-new", same))
    assert [(p.item, p.other) for p in run.finish()] == [("a-new", "z-known")]


def test_mixed_sizes_are_nobodys_fault() -> None:
    files: Files = {}
    for number in range(12):
        files[f"images/p{number}.jpg"] = jpeg(100 + 60 * number, 100 + 40 * (11 - number), seed=number)
    assert not [p for p in inspected(files, "yolo").problems if p.check == "size_outlier"]


def test_a_measurement_reads_back_from_json() -> None:
    measured = measure(jpeg(*SIZE), "a.jpg")
    again = Measurement.from_json(measured.to_json())
    assert (again.phash, again.tiny, again.sha256, again.width) == (
        measured.phash,
        measured.tiny,
        measured.sha256,
        measured.width,
    )
    assert again.sharpness == pytest.approx(measured.sharpness, abs=1e-3)


def test_figures_of_a_known_picture() -> None:
    levels = np.zeros((120, 160), dtype=np.uint8)
    levels[:, 80:] = 200
    found = measure(encoded(Image.fromarray(levels), "PNG"), "a.png")
    assert found.brightness == pytest.approx(100)
    assert found.contrast == pytest.approx(100)
    assert found.spread == 200
    # 2 columns of 118 inner rows with a Laplacian of ±200, of 158 columns.
    assert found.sharpness == pytest.approx(2 * 200**2 / 158)


def test_the_page_escapes_every_text() -> None:
    files = added(jpeg(*SIZE, seed=3), name="images/<script>alert(1)<!-- .jpg")
    files["voc/<img src=x>.xml"] = "<annotation><object></annotation>"
    tree = MemoryTree(files)
    found = inspect_tree(tree, FORMATS["voc"])
    page = render(found, tree, "<i>source</i>", "voc", "<b>why</b>")
    for text in ("<script>", "<img src=x>", "<i>source", "<b>why"):
        assert text not in page
    assert "&lt;script&gt;" in page
    assert "数据关：闭" in page
    assert "data:image/jpeg;base64," in page


def test_memory_holds_no_pictures(tmp_path: Path) -> None:
    run = CheckRun()
    for number in range(200):
        run.add(ItemFacts(f"{number}", measure(jpeg(64, 64, seed=number), "a.jpg"), labels=()))
    assert len(run.finish()) == 0
    assert len(set(run.clusters().values())) == 200
