"""`tongguan convert` as a user scripts it: JSON, exit codes, and what is kept when input is bad."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.catalog.samples import coco_image, coco_json, encoded, fill, jpeg, noise, voc_xml
from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.tree import open_tree
from tongguan.cli.main import main

BOX = [10.0, 5.0, 20.0, 30.0]


def run(*words: str | Path) -> tuple[int, dict[str, Any], str]:
    """(exit code, JSON on stdout or {}, stderr) of the program, run in this process; an exception fails the test."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    arguments = ["tongguan", *(str(word) for word in words)]
    environment = patch.dict(os.environ, {"TONGGUAN_DEBUG": "1"})
    code = 0
    with environment, patch.object(sys, "argv", arguments), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    texts = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        texts.append(stream.read())
    return code, json.loads(texts[0]) if texts[0].startswith("{") else {}, texts[1]


def voc_folder(tmp_path: Path) -> Path:
    files: dict[str, bytes | str] = {
        "JPEGImages/a.jpg": jpeg(),
        "Annotations/a.xml": voc_xml("a.jpg", [("scratch", 11, 6, 30, 35), ("patch", 1.5, 1, 5.25, 9)]),
        "JPEGImages/b.jpg": jpeg(seed=1),
        "Annotations/b.xml": voc_xml("b.jpg", []),
        "JPEGImages/c.jpg": jpeg(seed=2),
    }
    return fill(tmp_path / "voc", files)


def coco_folder(tmp_path: Path) -> Path:
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": BOX},
        {"id": 2, "image_id": 1, "category_id": 2, "bbox": BOX, "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 3, "image_id": 1, "category_id": 2, "bbox": BOX, "segmentation": [[1, 1, 9, 1, 9, 8]]},
    ]
    text = coco_json([coco_image(1, "a.jpg"), coco_image(2, "b.jpg")], annotations, ["x", "y"])
    files: dict[str, bytes | str] = {
        "annotations/instances_train.json": text,
        "images/train/a.jpg": jpeg(),
        "images/train/b.jpg": jpeg(seed=1),
    }
    return fill(tmp_path / "coco", files)


def test_voc_to_yolo_and_back(tmp_path: Path) -> None:
    code, said, _ = run("convert", voc_folder(tmp_path), tmp_path / "yolo", "--to", "yolo", "--json")
    assert code == 0
    assert said["format"] == "voc"
    assert "annotation" in said["why"]
    assert said["read"] == {"items": 3, "labels": {"box": 2}}
    assert said["written"] == {"items": 3, "labels": {"box": 2}, "files": 6}
    assert said["refused"] == []
    code, said, _ = run("convert", tmp_path / "yolo", tmp_path / "again", "--from", "yolo", "--to", "voc", "--json")
    assert code == 0
    assert said["why"] == "given by --from"
    items = {i.name: i.labels for i in FORMATS["voc"].read(open_tree(tmp_path / "again"), Report())}
    first = items["JPEGImages/a.jpg"] or ()
    assert [(label.label, round(getattr(label, "x", 0), 3)) for label in first] == [("scratch", 10), ("patch", 0.5)]
    assert items["JPEGImages/b.jpg"] == ()
    assert items["JPEGImages/c.jpg"] is None
    assert (tmp_path / "again/JPEGImages/a.jpg").read_bytes() == (tmp_path / "voc/JPEGImages/a.jpg").read_bytes()


def test_loss_is_exit_1_although_the_rest_is_written(tmp_path: Path) -> None:
    source = coco_folder(tmp_path)
    code, said, _ = run("convert", source, tmp_path / "out", "--to", "voc", "--json")
    assert code == 1
    assert said["read"] == {"items": 2, "labels": {"box": 1, "polygon": 2}}
    assert said["written"]["labels"] == {"box": 1}
    (refused,) = said["refused"]
    assert refused.keys() == {"item", "kind", "count", "reason"}
    assert (refused["item"], refused["kind"], refused["count"]) == ("images/train/a.jpg", "polygon", 2)
    assert (tmp_path / "out/Annotations/a.xml").read_text().count("<object>") == 1
    assert "<object>" not in (tmp_path / "out/Annotations/b.xml").read_text()
    code, _, _ = run("convert", source, tmp_path / "out2", "--to", "voc", "--json", "--allow-loss")
    assert code == 0


def test_unlabelled_items_are_not_written_to_coco(tmp_path: Path) -> None:
    code, said, _ = run("convert", voc_folder(tmp_path), tmp_path / "out", "--to", "coco", "--json")
    assert code == 1
    assert [(r["item"], r["kind"], r["count"]) for r in said["refused"]] == [("JPEGImages/c.jpg", "item", 1)]
    assert said["written"]["items"] == 2
    written = json.loads((tmp_path / "out/annotations/instances.json").read_text())
    assert [image["file_name"] for image in written["images"]] == ["a.jpg", "b.jpg"]


def test_labels_alone_and_the_pictures_laid_beside(tmp_path: Path) -> None:
    source = voc_folder(tmp_path)
    run("convert", source, tmp_path / "whole", "--to", "yolo")
    code, said, _ = run("convert", source, tmp_path / "alone", "--to", "yolo", "--no-pictures", "--json")
    assert code == 0
    assert said["written"] == {"items": 3, "labels": {"box": 2}, "files": 3}
    assert said["notes"] == ["labels alone: JPEGImages/a.jpg belongs at images/a.jpg, the others likewise"]
    names = {path.relative_to(tmp_path / "alone").as_posix() for path in (tmp_path / "alone").rglob("*.*")}
    assert names == {"data.yaml", "labels/a.txt", "labels/b.txt"}
    for name in names:
        assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    code, said, _ = run("convert", tmp_path / "alone", tmp_path / "lost", "--from", "yolo", "--to", "voc", "--json")
    assert code == 1
    assert {each["reason"].partition(",")[0] for each in said["refused"]} == {"the picture is absent or unreadable"}
    (source / "JPEGImages").rename(tmp_path / "alone" / "images")
    code, said, _ = run("convert", tmp_path / "alone", tmp_path / "again", "--to", "voc", "--json", "--no-pictures")
    assert code == 0
    assert said["written"] == {"items": 3, "labels": {"box": 2}, "files": 2}


def test_class_folders_are_not_written_without_pictures(tmp_path: Path) -> None:
    words = ["--to", "class-folders", "--no-pictures", "--json"]
    code, _, stderr = run("convert", voc_folder(tmp_path), tmp_path / "out", *words)
    assert code == 2
    assert "--no-pictures" in stderr
    assert not (tmp_path / "out").exists()


def test_round(tmp_path: Path) -> None:
    source = voc_folder(tmp_path)
    run("convert", source, tmp_path / "kept", "--to", "voc")
    run("convert", source, tmp_path / "rounded", "--to", "voc", "--round")
    assert "<xmin>1.5</xmin>" in (tmp_path / "kept/Annotations/a.xml").read_text()
    rounded = (tmp_path / "rounded/Annotations/a.xml").read_text()
    assert "<xmin>2</xmin>" in rounded
    assert "." not in rounded.partition("<bndbox>")[2].partition("</bndbox>")[0]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_archives_in_and_zip_out(kind: str, tmp_path: Path) -> None:
    source = voc_folder(tmp_path)
    archive = tmp_path / f"in.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path in sorted(source.rglob("*.*")):
                packed.write(path, path.relative_to(tmp_path))
            packed.writestr("../escape.jpg", b"x")
    else:
        with tarfile.open(archive, "w:gz") as packed_tar:
            packed_tar.add(source, "voc")
    code, said, _ = run("convert", archive, tmp_path / "out.zip", "--to", "yolo", "--json")
    assert said["read"] == {"items": 3, "labels": {"box": 2}}
    assert code == (1 if kind == "zip" else 0)
    assert [r["item"] for r in said["refused"]] == (["../escape.jpg"] if kind == "zip" else [])
    with zipfile.ZipFile(tmp_path / "out.zip") as result:
        assert "data.yaml" in result.namelist()
        assert result.testzip() is None
    assert not (tmp_path.parent / "escape.jpg").exists()


def test_one_label_file_alone(tmp_path: Path) -> None:
    source = coco_folder(tmp_path) / "annotations/instances_train.json"
    code, said, _ = run("convert", source, tmp_path / "out", "--to", "voc", "--json", "--allow-loss")
    assert code == 0
    assert said["written"]["items"] == 2
    assert any("no pictures" in note for note in said["notes"])
    assert "<width>64</width>" in (tmp_path / "out/Annotations/a.xml").read_text()


def test_exif_rotation(tmp_path: Path) -> None:
    fill(tmp_path / "yolo", {"images/a.jpg": encoded(noise(), orientation=6), "labels/a.txt": "0 0.5 0.5 0.5 0.5"})
    run("convert", tmp_path / "yolo", tmp_path / "out", "--to", "coco")
    written = json.loads((tmp_path / "out/annotations/instances.json").read_text())
    assert (written["images"][0]["width"], written["images"][0]["height"]) == (48, 64)
    assert written["annotations"][0]["bbox"] == [12, 16, 24, 32]


def test_undecidable_is_exit_2_with_the_candidates(tmp_path: Path) -> None:
    fill(tmp_path / "nothing", {"notes.md": "nothing to see"})
    code, said, stderr = run("convert", tmp_path / "nothing", tmp_path / "out", "--to", "yolo", "--json")
    assert code == 2
    assert {candidate["format"] for candidate in said["candidates"]} == set(FORMATS)
    assert "--from" in stderr
    both = voc_folder(tmp_path)
    fill(both, {"labels/a.txt": "0 0.5 0.5 0.5 0.5", "classes.txt": "x"})
    code, said, stderr = run("convert", both, tmp_path / "out", "--to", "coco", "--json")
    assert code == 2
    assert {candidate["format"] for candidate in said["candidates"] if candidate["score"] > 0} == {"voc", "yolo"}
    assert not (tmp_path / "out").exists()


def test_pictures_alone_are_no_format(tmp_path: Path) -> None:
    code, _, _ = run("convert", fill(tmp_path / "p", {"a.jpg": jpeg()}), tmp_path / "out", "--to", "yolo", "--json")
    assert code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "out", "--to", "yolo"], "no such file"),
        (["voc", "out", "--to", "word"], "--to word is unknown"),
        (["voc", "out", "--to", "yolo", "--from", "word"], "--from word is unknown"),
        (["voc", "voc", "--to", "yolo"], "source itself"),
        (["voc", "full", "--to", "yolo"], "not empty"),
        (["voc", "full/x.txt", "--to", "yolo"], "exists already"),
        (["voc", "out"], "--to"),
        (["voc"], "DST"),
        (["voc", "out", "--to", "yolo", "--what"], "--what"),
    ],
)
def test_bad_usage_is_exit_2(words: list[str], says: str, tmp_path: Path) -> None:
    voc_folder(tmp_path)
    fill(tmp_path / "full", {"x.txt": "x"})
    placed = [
        str(tmp_path / word) if word in ("nowhere", "out", "voc", "full", "full/x.txt") else word for word in words
    ]
    code, _, stderr = run("convert", *placed)
    assert code == 2
    assert says.lower() in stderr.lower()
    assert (tmp_path / "full/x.txt").read_text() == "x"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x05\x06" + b"\x00" * 18])
def test_broken_and_empty_archives(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    code, _, stderr = run("convert", tmp_path / "a.zip", tmp_path / "out", "--to", "yolo")
    assert code in (1, 2)
    assert "a.zip" in stderr or "no known format" in stderr
    assert not (tmp_path / "out").exists()


def test_nothing_readable_is_exit_1_and_leaves_nothing(tmp_path: Path) -> None:
    fill(tmp_path / "coco", {"instances.json": '{"images": [{"id": 1, "file_name": '})
    code, _, stderr = run("convert", tmp_path / "coco", tmp_path / "out", "--from", "coco", "--to", "yolo")
    assert code == 1
    assert "not readable as JSON" in stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "coco"]


def test_good_parts_of_bad_input_are_kept(tmp_path: Path) -> None:
    source = voc_folder(tmp_path)
    files: dict[str, bytes | str] = {
        "Annotations/broken.xml": "<annotation><object>",
        "JPEGImages/broken.jpg": jpeg(seed=5),
        "Annotations/gone.xml": voc_xml("gone.jpg", [("scratch", 1, 1, 9, 9)]),
        "JPEGImages/zero.jpg": b"",
        "Annotations/zero.xml": voc_xml("zero.jpg", [("scratch", 1, 1, 9, 9)]),
        "Annotations/html.xml": voc_xml("html.jpg", [("&lt;script&gt;alert(1)&lt;/script&gt;", 1, 1, 9, 9)]),
        "JPEGImages/html.jpg": jpeg(seed=6),
    }
    fill(source, files)
    code, said, _ = run("convert", source, tmp_path / "out", "--to", "yolo", "--json")
    assert code == 1
    assert said["written"]["labels"] == {"box": 5}
    assert {(r["item"], r["kind"]) for r in said["refused"]} == {
        ("Annotations/broken.xml", "file"),
        ("Annotations/gone.jpg", "file"),
    }
    assert any("zero.jpg" in note for note in said["notes"])
    assert "<script>alert(1)</script>" in (tmp_path / "out/data.yaml").read_text()


def test_words_without_json(tmp_path: Path) -> None:
    program = "from tongguan.cli.main import main; main()"
    words = [sys.executable, "-c", program, "convert", str(coco_folder(tmp_path)), str(tmp_path / "o"), "--to", "voc"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "coco → voc" in done.stdout
    assert "polygon" in done.stderr
