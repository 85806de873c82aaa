"""The worker, killed between every two steps of import, checks, mapping, freezing, export; a full disk."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collect.pictures import picture, voc
from tests.kill.server import LABEL_SET, PASSWORD, Installation, Plant, installation, plant, until
from tongguan.cli.simulation.site import Site

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(900)]
PICTURES = 24
IMPORT = (
    "collect.begun",
    "collect.opened",
    "collect.put",
    "collect.chunk_read",
    "collect.chunk_stored",
    "collect.chunk_written",
    "collect.chunk_done",
    "collect.ending",
    "collect.read",
    "collect.uploads_used",
    "collect.cleaned",
    "prepare.begun",
    "prepare.problems_written",
    "prepare.clusters_written",
    "prepare.ending",
    "prepare.done",
)
ANSWERS = ("flows.labels_planned", "flows.labels_window", "flows.labels_stored")
EXPORT = (
    "datasets.before_build",
    "datasets.before_commit",
    "datasets.export_chunk",
    "datasets.export_written",
    "datasets.export_stored",
)


class Worker:
    """A worker that is started again whenever it is killed, as the supervisor does, but at once."""

    def __init__(self, home: Installation, failpoints: str) -> None:
        self.log = home.folder / f"worker-{len(failpoints)}.log"
        with self.log.open("wb") as out:
            command = [sys.executable, "-m", "tests.kill.lives"]
            environment = home.settings(TONGGUAN_FAILPOINTS=failpoints)
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)

    @property
    def deaths(self) -> int:
        """How often it was killed."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines().count("killed")

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation without a worker of its own."""
    folder = tmp_path_factory.mktemp("steps")
    with installation(folder, "--no-worker") as made:
        draw(folder / "in")
        yield made


def draw(folder: Path, first: int = 0) -> None:
    """Pictures with VOC labels; one is there twice. `first` makes other pictures: equal bytes are stored once."""
    for part in ("JPEGImages", "Annotations"):
        (folder / part).mkdir(parents=True)
    for number in range(PICTURES):
        name = f"plate-{number // 2:03d}_{number % 2}"
        (folder / "JPEGImages" / f"{name}.jpg").write_bytes(picture(first + number))
        boxes = [("scratches", 2 + number, 3, 30 + number, 40), ("patches", 5, 6, 22, 29)][: 1 + number % 2]
        (folder / "Annotations" / f"{name}.xml").write_bytes(voc(f"{name}.jpg", boxes))


def life(made: Plant, worker: Worker, tmp_path: Path) -> dict[str, Any]:
    """Import, accepted answers, version, export; and what came out."""

    def done(check: Any, what: str) -> Any:
        def look() -> Any:
            assert worker.process.poll() is None, worker.log.read_text(errors="replace")[-2000:]
            return check()

        return until(look, 450, what)

    def finish(job_id: str) -> None:
        job = done(lambda: ended(made.owner.get(f"{made.project}/jobs/{job_id}")), "the end of a job")
        assert job["state"] == "done", job

    batch = made.begin_import(made.home.folder / "in", "labelled")
    found = done(lambda: ended(made.batch(batch["id"])), "the import")
    assert found["state"] == "done", found
    names = {"scratches": "scratches", "patches": "patches"}
    body = {"batch_id": batch["id"], "mapping": names, "use": "accepted"}
    finish(made.owner.put(f"{made.project}/label-mapping", body)["job_id"])
    version = made.owner.post(f"{made.project}/dataset-versions", {"note": ""})
    finish(version["job_id"])
    export = made.owner.post(f"{made.project}/dataset-versions/{version['number']}/exports", {"format": "coco"})
    finish(export["job_id"])
    url = made.owner.get(f"{made.project}/exports/{export['id']}")["url"]
    archive = tmp_path / f"{made.project[-12:]}.zip"
    made.owner.download(url, archive)
    with zipfile.ZipFile(archive) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    return {"members": members, "counts": found["counts"], "stored": stored(made)}


def ended(state: dict[str, Any]) -> dict[str, Any] | None:
    """A job or batch that has ended."""
    return state if state["state"] in ("done", "failed", "cancelled") else None


def stored(made: Plant) -> dict[str, Any]:
    """What the database holds of a project, without ids."""
    project = made.project.rpartition("/")[2]

    def ask(query: str) -> list[tuple[Any, ...]]:
        return made.home.ask(query, p=project)

    return {
        "items": ask("SELECT name, state, width, height, group_key FROM item WHERE project_id = %(p)s ORDER BY name"),
        "counted": ask("SELECT state, n FROM item_count WHERE project_id = %(p)s ORDER BY state"),
        "problems": ask(
            "SELECT i.name, p.check_id, p.state FROM problem p JOIN item i ON i.id = p.item_id "
            "WHERE p.project_id = %(p)s ORDER BY 1, 2"
        ),
        "answers": ask(
            "SELECT i.name, a.revision, a.state, a.label_count FROM annotation a JOIN item i ON i.id = a.item_id "
            "WHERE a.project_id = %(p)s ORDER BY 1"
        ),
        "jobs": ask("SELECT kind, state FROM job WHERE project_id = %(p)s ORDER BY kind"),
        "entries": ask(
            "SELECT e.name, e.side, e.label_count FROM dataset_entry e JOIN dataset_version v ON v.id = e.version_id "
            "WHERE v.project_id = %(p)s ORDER BY 1"
        ),
    }


def test_killed_between_all_steps_ends_as_an_undisturbed_run(home: Installation, tmp_path: Path) -> None:
    markers = tmp_path / "killed"
    markers.mkdir()
    points = (*IMPORT, *ANSWERS, *EXPORT)
    worker = Worker(home, ";".join(f"{name}=kill!{markers / name}" for name in points))
    try:
        first = plant(home)
        killed = life(first, worker, tmp_path)
        assert sorted(found.name for found in markers.iterdir()) == sorted(points)
        assert worker.deaths == len(points)
        quiet = life(other_project(first), worker, tmp_path)
        assert worker.deaths == len(points)
    finally:
        worker.stop()
    assert killed["stored"] == quiet["stored"]
    assert killed["counts"] == quiet["counts"]
    assert killed["members"] == quiet["members"]
    left = [found for found in (home.data / "tmp").rglob("*") if found.is_file()]
    assert left == []


def test_no_space_left_is_told_in_words_and_leaves_nothing(home: Installation, tmp_path: Path) -> None:
    """Import and export stop with an error for people, and go on when there is space again."""
    markers = tmp_path / "full"
    markers.mkdir()
    points = ("collect.put", "datasets.export_chunk", "datasets.export_written")
    folder = home.folder / "full"
    draw(folder, first=1000)
    worker = Worker(home, ";".join(f"{name}=enospc!{markers / name}" for name in points))
    try:
        made = other_project(Plant(home, owner_of(home), ""))
        batch = made.begin_import(folder, "full disk")
        failed = made.finish_import(batch["id"], 200)
        assert (failed["state"], failed["error"]["code"]) == ("failed", "storage.full"), failed
        made.owner.post(f"{made.project}/batches/{batch['id']}/resume")
        assert made.finish_import(batch["id"], 200)["state"] == "done"
        assert stored(made)["counted"] == [("ok", PICTURES)]
        names = {"scratches": "scratches", "patches": "patches"}
        body = {"batch_id": batch["id"], "mapping": names, "use": "accepted"}
        made.owner.wait_for_job(made.project, made.owner.put(f"{made.project}/label-mapping", body)["job_id"])
        version = made.owner.post(f"{made.project}/dataset-versions", {"note": ""})
        made.owner.wait_for_job(made.project, version["job_id"])
        for _ in range(2):
            state, error = export_once(made)
            assert (state, error["code"]) == ("failed", "export.disk")
            assert [found for found in (home.data / "tmp").rglob("*") if found.is_file()] == []
        assert export_once(made) == ("done", None)
    finally:
        worker.stop()


def export_once(made: Plant) -> tuple[str, Any]:
    """(state, error) of a new export."""
    export = made.owner.post(f"{made.project}/dataset-versions/1/exports", {"format": "yolo"})
    job = until(lambda: ended(made.owner.get(f"{made.project}/jobs/{export['job_id']}")), 200, "the export")
    return job["state"], job["error"]


def owner_of(home: Installation) -> Site:
    """The owner, by a new link where the first one is used."""
    told = json.loads(home.command("link", "--json").stdout)["links"][0]
    details = {} if told["email"] else {"email": "owner@plant.example", "password": PASSWORD, "organization": "一号"}
    return Site(home.address, told["link"], "马厂长", **details)


def other_project(made: Plant) -> Plant:
    """A further project of the same owner with the same rules."""
    project = f"/api/v1/projects/{made.owner.post('/api/v1/projects', {'name': 'second'})['id']}"
    content = {"label_set": LABEL_SET, "guideline": "", "checks": {}, "examples": []}
    made.owner.post(f"{project}/rules/draft", {"content": content})
    made.owner.post(f"{project}/rules/publish", {"note": "first"})
    return Plant(made.home, made.owner, project)
