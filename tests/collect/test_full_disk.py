"""A disk that is really full: a small tmpfs, where one may be mounted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.pictures import folder_of
from tests.collect.test_import import batch_of, start
from tests.conftest import Client, MakeProject, Org, RunJobs
from tongguan.core.settings import load_settings
from tongguan.core.storage import Storage, open_storage


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no tmpfs may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def storage(small_disk: Path, tmp_path: Path) -> Storage:
    """The byte store on the small disk."""
    return open_storage(load_settings(data_dir=tmp_path / "data", storage_url=(small_disk / "files").as_uri()))


def test_an_import_on_a_full_disk_fails_clean_and_goes_on(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    small_disk: Path,
    storage: Storage,
    tmp_path: Path,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    batch = start(owner, project.id, source="folder", location=str(folder_of(tmp_path / "in", 40)))
    run_jobs()
    failed = batch_of(owner, project.id, batch["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "storage.full"), failed
    assert not [found for found in small_disk.rglob("*") if found.is_file()]
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    assert owner.post(f"/api/v1/projects/{project.id}/batches/{batch['id']}/resume").status_code == 200
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"]) == ("done", 40)
    assert len(list(storage.list(f"{org.id}/assets"))) == 40
