"""`tongguan inspect` as a user scripts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.catalog.media import made
from tests.catalog.samples import encoded, fill, jpeg, noise, png_header, voc_xml
from tests.cli.test_convert import run


def plates(tmp_path: Path, more: dict[str, bytes | str] | None = None) -> Path:
    files: dict[str, bytes | str] = {}
    for number in range(6):
        files[f"images/p{number}.jpg"] = jpeg(160, 120, seed=number)
        files[f"voc/p{number}.xml"] = voc_xml("x", [("a", 11, 11, 60, 60)], 160, 120)
    return fill(tmp_path / "data", files | (more or {}))


def test_an_open_gate(tmp_path: Path) -> None:
    code, said, _ = run("inspect", plates(tmp_path), "--json", "--gate")
    assert code == 0
    assert said["format"] == "voc"
    assert said["items"] == 6
    assert said["labels"] == {"box": 6}
    assert said["gate"] == {"open": True, "missing": []}
    assert said["problems"] == []


def test_a_closed_gate_is_exit_1_only_with_gate(tmp_path: Path) -> None:
    more: dict[str, bytes | str] = {
        "images/copy.jpg": jpeg(160, 120, seed=2),
        "images/copy2.jpg": jpeg(160, 120, seed=2),
        "images/zero.jpg": b"",
        "images/cut.jpg": jpeg(160, 120, seed=9)[:2500],
        "images/other.jpg": encoded(noise(160, 120, 11), "PNG"),
        "images/bomb.png": png_header(40_000, 40_000),
        "voc/p1.xml": voc_xml("x", [("a", 11, 11, 600, 60)], 160, 120),
    }
    source = plates(tmp_path, more)
    code, said, _ = run("inspect", source, "--json")
    assert code == 0
    assert said["gate"]["open"] is False
    assert said["gate"]["missing"] == [
        "unreadable: 2",
        "truncated: 1",
        "wrong_type: 1",
        "duplicate: 2",
        "label_outside: 1",
    ]
    first = next(problem for problem in said["problems"] if problem["check"] == "duplicate")
    assert first["item"] == "images/copy2.jpg"
    assert first["other"] == "images/copy.jpg"
    assert all(problem.keys() == {"item", "check", "other", "detail"} for problem in said["problems"])
    code, _, _ = run("inspect", source, "--json", "--gate")
    assert code == 1


def test_warnings_do_not_close_the_gate(tmp_path: Path) -> None:
    more: dict[str, bytes | str] = {"images/near.jpg": encoded(noise(160, 120, 2), quality=50)}
    code, said, _ = run("inspect", plates(tmp_path, more), "--json", "--gate")
    assert code == 0
    assert [(p["item"], p["check"], p["other"]) for p in said["problems"]] == [
        ("images/p2.jpg", "near_duplicate", "images/near.jpg")
    ]


def test_pictures_without_labels(tmp_path: Path) -> None:
    code, said, _ = run("inspect", fill(tmp_path / "p", {"a.jpg": jpeg(), "b/c.png": b"junk"}), "--json")
    assert code == 0
    assert said["format"] == "pictures"
    assert said["items"] == 2
    assert said["labels"] == {}


def test_labels_of_an_unknown_format_are_never_passed_over(tmp_path: Path) -> None:
    code, said, stderr = run("inspect", fill(tmp_path / "p", {"a.jpg": jpeg(), "labels.csv": "a.jpg,cat"}), "--json")
    assert code == 2
    assert said["candidates"]
    assert "--format" in stderr
    code, said, _ = run("inspect", tmp_path / "p", "--json", "--format", "pictures")
    assert code == 0
    assert said["items"] == 1


@pytest.mark.parametrize(("name", "code"), [("nowhere", 2), ("empty", 2)])
def test_nothing_there(name: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found, _, stderr = run("inspect", tmp_path / name)
    assert found == code
    assert stderr


def test_the_page(tmp_path: Path) -> None:
    source = plates(tmp_path, {"images/<b>copy.jpg": jpeg(160, 120, seed=2)})
    code, _, _ = run("inspect", source, "--html", tmp_path / "report.html")
    assert code == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "完全重复" in page
    assert "&lt;b&gt;copy.jpg" in page
    code, _, stderr = run("inspect", source, "--html", tmp_path / "no/such/folder.html")
    assert code == 2
    assert "folder.html" in stderr


def test_richer_kinds_are_counted(tmp_path: Path) -> None:
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "keypoints": [1, 1, 2], "num_keypoints": 1},
    ]
    text = json.dumps(
        {
            "images": [{"id": 1, "file_name": "a.jpg"}],
            "annotations": annotations,
            "categories": [{"id": 1, "name": "a"}],
        }
    )
    fill(tmp_path / "c", {"annotations/instances.json": text, "images/a.jpg": jpeg()})
    code, said, _ = run("inspect", tmp_path / "c", "--json")
    assert code == 0
    assert said["labels"] == {"polygon": 1, "skeleton": 1}
    assert not said["refused"]


def test_words(tmp_path: Path) -> None:
    code, said, stderr = run("inspect", plates(tmp_path))
    assert (code, said, stderr) == (0, {}, "")


def test_help_has_an_example() -> None:
    for command in ("inspect", "convert"):
        code, _, _ = run(command, "--help")
        assert code == 0


def blood(tmp_path: Path) -> Path:
    rows = ["Patient ID,Tumor type,CEA (pg/ml),Test Result"]
    for number in range(90):
        sick = number % 3 == 0
        mark = "*" if number % 7 == 0 else ""
        result = "Positive" if sick and number % 5 else "Negative"
        rows.append(f"P{number},{'Lung' if sick else 'Normal'},{mark}{1000 + (number * 37) % 91 / 7:.3f},{result}")
    return fill(tmp_path / "blood", {"a.csv": "\n".join(rows).encode("gb18030"), "README.md": "about"})


def test_a_table(tmp_path: Path) -> None:
    source = blood(tmp_path)
    code, said, _ = run("inspect", source, "--json", "--gate", "--html", tmp_path / "r.html")
    assert code == 1
    assert (said["format"], said["items"], said["labels"]) == ("table", 90, {"class": 90})
    assert said["gate"] == {"open": False, "missing": ["leaking_column: 1"]}
    leak = next(problem for problem in said["problems"] if problem["check"] == "leaking_column")
    assert leak["column"] == "Test Result"
    table = said["tables"][0]
    assert (table["target"], table["group"]) == ("Tumor type", None)
    columns = {column["name"]: column for column in table["columns"]}
    assert columns["CEA (pg/ml)"]["type"] == "number"
    assert columns["CEA (pg/ml)"]["cleaned"][0]["kind"] == "mark"
    assert columns["Test Result"]["role"] == "leaking"
    assert said["classes"] == {"class": {"Normal": 60, "Lung": 30}}
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "列 Test Result" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_asked_of_a_table(tmp_path: Path) -> None:
    source = blood(tmp_path) / "a.csv"
    code, said, _ = run("inspect", source, "--json", "--set", "target=Test Result")
    assert code == 0
    assert said["tables"][0]["target"] == "Test Result"
    code, said, stderr = run("inspect", source, "--json", "--set", "target=nothing")
    assert code == 2
    assert "no column nothing" in stderr
    code, _, stderr = run("inspect", source, "--set", "colour=red")
    assert code == 2
    assert "--set wants" in stderr


def test_a_broken_workbook_beside_a_table(tmp_path: Path) -> None:
    source = fill(tmp_path / "t", {"a.csv": "x,label\n1,u\n2,v\n3,u\n", "b.xlsx": b"PK\x03\x04 cut"})
    code, said, _ = run("inspect", source, "--json")
    assert code == 0
    assert said["items"] == 3
    assert said["gate"]["missing"] == ["truncated: 1"]
    assert [each["item"] for each in said["refused"]] == ["b.xlsx"]


def test_sounds_without_labels(tmp_path: Path) -> None:
    source = fill(tmp_path / "s", {"train/a.wav": made.sound(), "val/b.wav": made.sound(), "README.md": "about"})
    code, said, _ = run("inspect", source, "--json", "--html", tmp_path / "r.html")
    assert code == 0
    assert (said["format"], said["items"], said["media"]) == ("media", 2, {"sound": 2})
    assert said["gate"]["missing"] == ["duplicate: 1", "split_group: 1"]
    assert said["sides"] == {"kept": 1, "train": 1}
    assert said["sizes"]["rate"] == {"min": 8000.0, "median": 8000.0, "max": 8000.0}
    code, said, _ = run("inspect", source, "--json", "--format", "table")
    assert code == 1
    assert "nothing to inspect" in said["error"]
