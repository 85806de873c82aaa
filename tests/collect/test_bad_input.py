"""Bad input: a clear error that names what and where, and the good part kept."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from tests.collect.pictures import folder_of, picture, zipped
from tests.collect.test_import import batch_of, start
from tests.collect.test_uploads import send
from tests.conftest import Client, MakeProject, Org, RunJobs, assert_error
from tongguan.catalog.media.image import limit_pictures, read_index
from tongguan.collect.interface import read_arrival
from tongguan.collect.repository.bulk import clean
from tongguan.collect.service.entries import display_name
from tongguan.collect.service.grouping import group_rule
from tongguan.collect.service.reading import Unusable, read_picture
from tongguan.core.errors import Invalid
from tongguan.core.settings import Settings


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def refused(client: Client, project_id: object, batch: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """(check, detail) of what a batch refused, by name."""
    rows = client.get(f"/api/v1/projects/{project_id}/batches/{batch['id']}/refusals?limit=1000").json()["items"]
    return {row["name"]: (row["check_id"], row["detail"]) for row in rows}


@pytest.fixture
def small_limits(settings: Settings) -> Iterator[Settings]:
    """An installation that takes pictures up to 0.02 Mpx and 250 px a side."""
    settings.picture_limit_mpx, settings.picture_limit_side = 0.02, 250
    yield settings
    limit_pictures(500, 60_000)


def test_the_limits_of_the_installation_hold_in_folders_archives_uploads_and_from_the_line(
    small_limits: Settings, client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "fits.jpg").write_bytes(picture(1, 160, 120))
    (folder / "wide.jpg").write_bytes(picture(2, 251, 20))
    (folder / "many.jpg").write_bytes(picture(3, 200, 101))
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.iterdir():
            packed.write(file, f"again/{file.name}")
    for source, location in (("folder", folder), ("archive", archive)):
        batch = start(owner, project.id, source=source, location=str(location))
        run_jobs()
        found = refused(owner, project.id, batch)
        names = {name.rpartition("/")[2]: words for name, (_, words) in found.items()}
        assert set(names) == {"wide.jpg", "many.jpg"}, source
        assert "250 px a side" in names["wide.jpg"]
        assert "above 0.02 Mpx" in names["many.jpg"]
    with pytest.raises(Invalid) as refusal:
        read_arrival((folder / "many.jpg").read_bytes(), "many.jpg")
    assert "0.02 Mpx" in str(refusal.value)


def test_files_that_are_no_pictures(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    folder = folder_of(tmp_path / "in", 2)
    (folder / "wide.png").write_bytes(png_header(60_001, 10))
    (folder / "huge.png").write_bytes(png_header(25_000, 25_000))
    (folder / "page.jpg").write_bytes(b"<!DOCTYPE html><script>alert(1)</script>")
    whole = picture(9, 400, 400)
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "really-png.jpg").write_bytes(picture(8, form="PNG"))
    (folder / os.fsdecode("钢板.jpg".encode("gb18030"))).write_bytes(picture(7))
    (folder / "out.jpg").symlink_to("/etc/passwd")
    batch = start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"]) == ("done", 5)
    reasons = refused(owner, project.id, batch)
    assert "60,000" in reasons["wide.png"][1]
    assert "500 Mpx" in reasons["huge.png"][1]
    assert reasons["page.jpg"] == ("wrong_type", "the file is an HTML page, not a picture")
    assert reasons["out.jpg"][0] == "unsafe_path"
    items = {i["name"]: i for i in owner.get(f"/api/v1/projects/{project.id}/items").json()["items"]}
    assert items["cut.jpg"]["problems"] == ["truncated"]
    assert items["really-png.jpg"]["problems"] == ["wrong_type"]
    assert "钢板.jpg" in items


@pytest.mark.slow
def test_an_enormous_picture_passes(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    Image.new("L", (20_000, 20_000), 120).save(folder / "whole-plate.png", compress_level=1)
    project = make_project()
    owner = client.as_(org.owner)
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    item = owner.get(f"/api/v1/projects/{project.id}/items").json()["items"][0]
    assert (item["width"], item["height"]) == (20_000, 20_000)
    shown = Image.open(io.BytesIO(owner.get(item["image_url"]).content))
    assert max(shown.size) == 4096
    assert max(Image.open(io.BytesIO(owner.get(item["thumb_url"]).content)).size) == 160
    index, begin = read_index(owner.get(item["tiles_url"], headers={"Range": "bytes=0-65535"}).content)
    assert [level["width"] for level in index["levels"]] == [20_000, 10_000, 5_000]
    last = sum(index["lengths"][:-1]) + begin
    tile = owner.get(item["tiles_url"], headers={"Range": f"bytes={last}-{last + index['lengths'][-1] - 1}"})
    assert tile.status_code == 206
    assert Image.open(io.BytesIO(tile.content)).size == (5_000 - 9 * 512, 5_000 - 9 * 512)


def test_a_bomb_is_refused_with_words(client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("zeros.jpg", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
    ids = [send(owner, project.id, "bomb.zip", out.getvalue())]
    batch = start(owner, project.id, source="upload", upload_ids=ids)
    run_jobs()
    error = batch_of(owner, project.id, batch["id"])["error"]
    assert error["code"] == "collect.unreadable_source"
    assert "bomb" in error["message"]


def test_labels_of_unknown_pictures_are_named_and_richer_kinds_are_read(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    coco = {
        "images": [
            {"id": 1, "file_name": "a.jpg", "width": 96, "height": 80},
            {"id": 2, "file_name": "b.jpg", "width": 96, "height": 80},
        ],
        "categories": [{"id": 1, "name": "<img src=x onerror=alert(1)>"}, {"id": 2, "name": "x" * 10_000_000}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 20], "area": 600, "iscrowd": 0},
            {"id": 2, "image_id": 77, "category_id": 1, "bbox": [1, 2, 30, 20], "area": 600, "iscrowd": 0},
            {"id": 3, "image_id": 1, "category_id": 9, "bbox": [1, 2, 30, 20], "area": 600, "iscrowd": 0},
            {"id": 4, "image_id": 1, "category_id": 2, "bbox": [1, 2, 30, 20], "area": 600, "iscrowd": 0},
            {
                "id": 5,
                "image_id": 2,
                "category_id": 1,
                "bbox": [1, 2, 30, 20],
                "segmentation": [[1, 2, 31, 2, 20, 22]],
                "area": 300,
                "iscrowd": 0,
            },
        ],
    }
    members = {"a.jpg": picture(1), "b.jpg": picture(2), "instances.json": json.dumps(coco).encode()}
    ids = [send(owner, project.id, "coco.zip", zipped(members))]
    batch = start(owner, project.id, source="upload", upload_ids=ids)
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["format"], done["state"], done["counts"]["items"]) == ("coco", "done", 2)
    assert done["counts"]["labels"] == {"box": 1, "polygon": 1}
    rows = owner.get(f"/api/v1/projects/{project.id}/batches/{batch['id']}/refusals").json()["items"]
    assert not [row for row in rows if row["kind"] == "polygon"]
    assert any("77" in row["detail"] for row in rows)
    assert all(len(row["detail"]) <= 1000 for row in rows)
    page = owner.get(f"/api/v1/projects/{project.id}/data-report?format=html").text
    assert "<img src=x" not in page


def test_locations_outside_of_the_roots_are_refused(
    client: Client, org: Org, make_project: MakeProject, settings: Settings, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/batches"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (tmp_path / "link").symlink_to("/etc")
    for location in ("/etc", str(tmp_path / "link"), f"{tmp_path}/../..", str(settings.data_dir), str(tmp_path), ""):
        assert_error(
            owner.post(base, json={"source": "folder", "location": location}), 422, "collect.location_forbidden"
        )
    missing = owner.post(base, json={"source": "folder", "location": str(tmp_path / "nowhere")})
    assert_error(missing, 422, "collect.location_missing")
    assert_error(owner.post(base, json={"source": "s3", "location": "http://x"}), 422, "collect.location_s3")
    folder = folder_of(tmp_path / "in", 1)
    for wrong, code in (
        ({"format": "nonsense"}, "collect.format_unknown"),
        ({"group_rule": "pattern:(a+)+$"}, "collect.group_rule"),
        ({"source": "upload"}, "collect.uploads"),
    ):
        body = {"source": "folder", "location": str(folder), **wrong}
        assert_error(owner.post(base, json=body), 422, code)


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+$", r"(a|a)*b", r"((a*)*)", r"(.*)\1", r"(?=(a))", r"(.*)(.*)", r"a", r"(.+.+.+.+.+)x", "(" * 300, "(["],
)
def test_patterns_that_are_slow_or_wrong_are_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as caught:
        group_rule(f"pattern:{pattern}")
    assert caught.value.code == "collect.group_rule"


@pytest.mark.parametrize(
    ("rule", "name", "row", "group"),
    [
        ("none", "a/plate-1.jpg", {}, None),
        ("none", "a.jpg", {"group": "g"}, "g"),
        ("folder", "a/b/plate-1.jpg", {}, "a/b"),
        ("folder", "plate-1.jpg", {}, None),
        (r"pattern:^(plate-\d+)", "a/plate-12_3.jpg", {}, "plate-12"),
        (r"^(plate-\d+)", "plate-12_3.jpg", {}, "plate-12"),
        (r"pattern:^(.+)_\d+\.jpg$", "钢板_7.jpg", {}, "钢板"),
        (r"pattern:^(plate-\d+)", "other.jpg", {}, None),
        ("column:Plate", "x.jpg", {"plate": "p1"}, "p1"),
    ],
)
def test_group_rules(rule: str, name: str, row: dict[str, str], group: str | None) -> None:
    assert group_rule(rule)(name, row) == group


def outcome(data: bytes) -> str:
    """What reading a file comes to: read, or the check that refuses it."""
    try:
        read_picture(data, "a.jpg")
    except Unusable as problem:
        return problem.check if problem.detail else "no words"
    return "read"


@given(st.binary(max_size=300))
@hypothesis_settings(deadline=None, max_examples=150)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start_of in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a"):
        assert outcome(start_of + data or b"x") in {"read", "unreadable", "wrong_type", "truncated"}


@given(st.binary(min_size=1, max_size=60))
def test_any_file_name_can_be_stored(raw: bytes) -> None:
    shown = display_name(os.fsdecode(raw))
    clean(shown).encode("utf-8")
    assert "\x00" not in clean(shown)
