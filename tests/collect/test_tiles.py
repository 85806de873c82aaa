"""Large pictures get tiles after their import: once, for those who may see them, and gone with the picture."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from tests.collect.test_import import start
from tests.conftest import Client, JoinedDatabase, MakeProject, Org, RunJobs
from tongguan.catalog.media.image import read_index
from tongguan.collect.service.tiling import tile_batch
from tongguan.core import failpoints
from tongguan.core.failpoints import FailpointError
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage


def wide(path: Path, width: int = 4608, height: int = 300) -> None:
    """A picture that is wider than what browsers are given whole."""
    path.parent.mkdir(exist_ok=True)
    Image.linear_gradient("L").resize((width, height)).save(path)


def test_tiles_are_made_once_and_go_with_the_picture(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    database: JoinedDatabase,
    storage: Storage,
    settings: Settings,
    tmp_path: Path,
) -> None:
    wide(tmp_path / "in" / "strip.png")
    Image.new("L", (640, 480), 90).save(tmp_path / "in" / "small.png")
    project = make_project()
    owner = client.as_(org.owner)
    batch = start(owner, project.id, source="folder", location=str(tmp_path / "in"))
    failpoints.arm("collect.tiles_stored=error")
    with pytest.raises(FailpointError):
        run_jobs()
    tile_batch(JobContext(org.id, new_id(), database, storage, settings), UUID(batch["id"]))
    run_jobs()
    items = {item["name"]: item for item in owner.get(f"/api/v1/projects/{project.id}/items").json()["items"]}
    assert items["small.png"]["tiles_url"] == ""
    link = items["strip.png"]["tiles_url"]
    whole = owner.get(link)
    index, begin = read_index(whole.content)
    assert [(level["columns"], level["rows"]) for level in index["levels"]] == [(9, 1)]
    part = owner.get(link, headers={"Range": f"bytes={begin}-{begin + index['lengths'][0] - 1}"})
    assert part.status_code == 206
    assert Image.open(io.BytesIO(part.content)).size == (512, 300)
    assert client.get(link).status_code == 401
    owner.post(f"/api/v1/projects/{project.id}/items/{items['strip.png']['id']}/erase", json={"reason": "withdrawn"})
    run_jobs()
    assert owner.get(link).status_code == 404
    assert not [one for one in storage.list(f"{org.id}/thumbs") if one.key.endswith("/tiles")]
