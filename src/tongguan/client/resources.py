"""Every call of the client, written once: flows that both flavours run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from tongguan.client.errors import Conflict, JobFailed, NotFound, Unavailable
from tongguan.client.records import (
    Batch,
    DatasetVersion,
    Difference,
    Item,
    Job,
    Model,
    Project,
    Record,
)
from tongguan.client.wire import Call, Flow, Pause, operation

Progress = Callable[[Job], None]
R = TypeVar("R", bound=Record)
CHUNK = 4 << 20
OVER = ("done", "failed", "cancelled")


class Resource:
    """Calls below one address."""

    def __init__(self, base: str, http: Any, connection: Any) -> None:
        self._base, self._http, self._connection = base, http, connection

    def _get(self, path: str, **query: Any) -> Flow[Any]:
        return (yield Call("GET", self._base + path, query))

    def _post(self, path: str, body: Any = None) -> Flow[Any]:
        return (yield Call("POST", self._base + path, json={} if body is None else body))

    def _patch(self, path: str, body: Any) -> Flow[Any]:
        return (yield Call("PATCH", self._base + path, json=body))

    def _list(self, kind: type[R], path: str, **query: Any) -> Flow[list[R]]:
        rows = yield from self._get(path, **query)
        return [kind.read(row) for row in rows]

    def _pages(self, kind: type[R], path: str, most: int | None, **query: Any) -> Flow[list[R]]:
        found: list[R] = []
        after: str | None = None
        while True:
            page = yield from self._get(path, **query, after=after)
            found += [kind.read(row) for row in page["items"]]
            after = page["next"]
            if after is None or (most is not None and len(found) >= most):
                return found if most is None else found[:most]

    def _wait(self, job_id: str, seconds: float, progress: Progress | None) -> Flow[Job]:
        """Waits for long work, looking less and less often. JobFailed when it has no result."""
        pause, passed = 0.2, 0.0
        while True:
            job = Job.read((yield from self._get(f"/jobs/{job_id}")))
            if progress is not None:
                progress(job)
            if job.state == "done":
                return job
            if job.state == "failed":
                error = job.error or {}
                raise JobFailed(
                    str(error.get("code", "job.failed")), str(error.get("message", "")), error.get("params")
                )
            if job.state == "cancelled":
                raise JobFailed("job.cancelled", f"{job.title} was cancelled.")
            if passed >= seconds:
                raise Unavailable("job.slow", f"{job.title} did not end within {seconds:g} s.", {"job_id": job_id})
            yield Pause(pause)
            passed += pause
            pause = min(3.0, pause * 1.3)


class Projects(Resource):
    """Projects of the caller."""

    @operation
    def list(self) -> Flow[list[Project]]:
        """All projects in which the caller has a role."""
        return (yield from self._list(Project, ""))

    @operation
    def find(self, name: str) -> Flow[Project]:
        """The project of this name. NotFound when there is none, Conflict when there are several."""
        rows = yield from self._list(Project, "")
        found = [row for row in rows if row.name == name]
        if not found:
            raise NotFound("project.unknown", f"There is no project {name!r}.")
        if len(found) > 1:
            raise Conflict("project.ambiguous", f"{len(found)} projects are called {name!r}: use an id.")
        return found[0]

    @operation
    def create(self, name: str, description: str = "") -> Flow[Project]:
        """Makes a project (owners)."""
        return Project.read((yield from self._post("", {"name": name, "description": description})))


class Items(Resource):
    """Items of a project."""

    @operation
    def list(
        self,
        state: str | None = None,
        label_state: str | None = None,
        prefix: str | None = None,
        most: int | None = None,
    ) -> Flow[list[Item]]:
        """Items, fetched window by window; `most` ends early."""
        window = min(500, most or 500)
        query = {"state": state, "label_state": label_state, "q": prefix, "limit": window}
        return (yield from self._pages(Item, "/items", most, **query))

    @operation
    def get(self, item_id: str) -> Flow[Item]:
        """One item."""
        return Item.read((yield from self._get(f"/items/{item_id}")))

    @operation
    def download(self, item_id: str, target: str | Path) -> Flow[Path]:
        """Stores the picture of an item as a file."""
        item = yield from self._get(f"/items/{item_id}")
        yield Call("GET", item["image_url"], target=Path(target))
        return Path(target)


class Imports(Resource):
    """Bringing data in."""

    @operation
    def upload(self, file: str | Path) -> Flow[str]:
        """Sends a file in parts of 4 MiB and returns the upload's id; a part that was lost is sent again."""
        path = Path(file)
        made = yield from self._post("/uploads", {"name": path.name, "size": path.stat().st_size})
        with path.open("rb") as stream:
            received = int(made["received"])
            while received < int(made["size"]):
                stream.seek(received)
                target = f"{self._base}/uploads/{made['id']}"
                try:
                    moved = yield Call("PATCH", target, {"offset": received}, content=stream.read(CHUNK))
                except Conflict:
                    moved = yield Call("GET", target)  # the part had arrived, its answer had not
                received = int(moved["received"])
        return str(made["id"])

    @operation
    def start(
        self,
        source: str,
        *,
        upload_ids: Sequence[str] = (),
        location: str = "",
        format: str = "auto",
        name: str = "",
        licence: str = "",
        consent: str = "",
        group_rule: str = "none",
        mode: str = "copy",
    ) -> Flow[Batch]:
        """Starts an import: source `upload`, `folder`, `archive`, `s3` or `list`; it goes on in the background."""
        wish = {
            "source": source,
            "upload_ids": list(upload_ids),
            "location": location,
            "format": format,
            "name": name,
            "licence": licence,
            "consent": consent,
            "group_rule": group_rule,
            "mode": mode,
        }
        return Batch.read((yield from self._post("/batches", wish)))

    @operation
    def get(self, batch_id: str) -> Flow[Batch]:
        """One import."""
        return Batch.read((yield from self._get(f"/batches/{batch_id}")))

    @operation
    def wait(self, batch: Batch, seconds: float = 3600, progress: Progress | None = None) -> Flow[Batch]:
        """Waits until a batch is read and checked."""
        if batch.job_id is not None:
            yield from self._wait(batch.job_id, seconds, progress)
        for _ in range(600):
            found = Batch.read((yield from self._get(f"/batches/{batch.id}")))
            if found.state in OVER:
                return found
            yield Pause(0.5)
        raise Unavailable("import.slow", "The checks did not end within five minutes.", {"batch_id": batch.id})


class Versions(Resource):
    """Dataset versions."""

    @operation
    def list(self) -> Flow[list[DatasetVersion]]:
        """All versions, newest first."""
        return (yield from self._list(DatasetVersion, "/dataset-versions"))

    @operation
    def get(self, number: int) -> Flow[DatasetVersion]:
        """One version."""
        return DatasetVersion.read((yield from self._get(f"/dataset-versions/{number}")))

    @operation
    def freeze(self, note: str = "", seconds: float = 3600, progress: Progress | None = None) -> Flow[DatasetVersion]:
        """Freezes what is accepted now, and waits for it."""
        made = yield from self._post("/dataset-versions", {"note": note})
        yield from self._wait(made["job_id"], seconds, progress)
        return DatasetVersion.read((yield from self._get(f"/dataset-versions/{made['number']}")))

    @operation
    def diff(self, before: int, after: int) -> Flow[Difference]:
        """What changed from one version to another."""
        return Difference.read((yield from self._get(f"/dataset-versions/{before}/diff/{after}")))

    @operation
    def download(
        self,
        number: int,
        target: str | Path,
        format: str = "coco",
        seconds: float = 3600,
        progress: Progress | None = None,
    ) -> Flow[Path]:
        """Writes a version as COCO, VOC or YOLO on the server and stores the zip as `target`; its hash is checked."""
        export = yield from self._post(f"/dataset-versions/{number}/exports", {"format": format})
        yield from self._wait(export["job_id"], seconds, progress)
        done = yield from self._get(f"/exports/{export['id']}")
        place = Path(target)
        digest = yield Call("GET", done["url"], target=place)
        if done.get("sha256") and digest != done["sha256"]:
            place.unlink(missing_ok=True)
            raise Unavailable(
                "export.damaged", "The file does not have the hash that the server says.", {"sha256": digest}
            )
        return place


class Models(Resource):
    """Model versions."""

    @operation
    def list(self) -> Flow[list[Model]]:
        """All models, newest first."""
        return (yield from self._list(Model, "/models"))

    @operation
    def get(self, number: int) -> Flow[Model]:
        """One model by its number."""
        return (yield from self._numbered(number))

    @operation
    def card(self, number: int) -> Flow[dict[str, Any]]:
        """A model's card: preprocessing, labels, threshold, training, data, check of the export, example."""
        found = yield from self._numbered(number)
        return cast("dict[str, Any]", (yield from self._get(f"/models/{found.id}")))

    def _numbered(self, number: int) -> Flow[Model]:
        rows = yield from self._list(Model, "/models")
        found = next((row for row in rows if row.number == number), None)
        if found is None:
            raise NotFound("model.unknown", f"There is no model {number}.", {"number": number})
        return found

    @operation
    def register(
        self, archive: str | Path, engine: str, note: str = "", dataset_version: int | None = None
    ) -> Flow[Model]:
        """Registers a model that was trained elsewhere: a zip, or the run (or model) folder of `tongguan train`.

        It holds `model.onnx` and its card `model.json`; the server checks both before it runs anything.
        """
        query = {"engine": engine, "note": note or None, "dataset_version": dataset_version}
        content, headers = _archive(Path(archive)), {"Content-Type": "application/zip"}
        made = yield Call("POST", f"{self._base}/models", query, content=content, headers=headers)
        return Model.read(made)

    @operation
    def download(self, number: int, target: str | Path) -> Flow[Path]:
        """Stores a model's archive: ONNX, labels, preprocessing, example."""
        found = yield from self._numbered(number)
        if found.url is None:
            raise NotFound("model.no_archive", f"Model {number} has no archive.")
        yield Call("GET", found.url, target=Path(target))
        return Path(target)


def _archive(place: Path) -> bytes:
    if place.is_file():
        return place.read_bytes()
    folder = place / "model" if (place / "model" / "model.onnx").is_file() else place
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("model.onnx", "model.json"):
            made.writestr(name, (folder / name).read_bytes())
    return out.getvalue()


class Jobs(Resource):
    """Long work."""

    @operation
    def list(self) -> Flow[list[Job]]:
        """Long work of the project, newest first."""
        return (yield from self._list(Job, "/jobs"))

    @operation
    def get(self, job_id: str) -> Flow[Job]:
        """Progress of one work."""
        return Job.read((yield from self._get(f"/jobs/{job_id}")))

    @operation
    def wait(self, job_id: str, seconds: float = 3600, progress: Progress | None = None) -> Flow[Job]:
        """Waits for its end; `progress` is called with every state that is seen. JobFailed when it has no result."""
        return (yield from self._wait(job_id, seconds, progress))

    @operation
    def cancel(self, job_id: str) -> Flow[Job]:
        """Asks a work to end."""
        return Job.read((yield from self._post(f"/jobs/{job_id}/cancel")))
