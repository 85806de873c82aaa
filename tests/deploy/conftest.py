"""A project with stored models, a runner in this process, and people of the line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, RunJobs
from tests.runner.made import archive, picture
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage
from tongguan.deploy.wire.address import listen
from tongguan.people.models import Person
from tongguan.projects.models import Project
from tongguan.runner.server import Server


@dataclass
class Line:
    """What the tests of deploy work with."""

    database: JoinedDatabase
    storage: Storage
    client: Client
    project: Project
    engineer: Person
    operator: Person
    run_jobs: RunJobs
    person: Callable[..., Person]

    def url(self, path: str) -> str:
        """The address of a project's route."""
        return f"/api/v1/projects/{self.project.id}/{path}"

    def model(self, **changes: Any) -> UUID:
        """A model version whose archive lies in the store (`content`: other bytes than a sound model's)."""
        packed, sha = archive(**changes)
        return self.stored(packed, sha, float(changes.get("threshold", 0.3)))

    def stored(self, packed: bytes, sha: str, threshold: float = 0.3) -> UUID:
        """A model version with these bytes."""
        version, run, model = new_id(), new_id(), new_id()
        key = f"{self.project.org_id}/models/{run}.zip"
        self.storage.put(key, packed)
        with self.database.transaction(self.project.org_id) as session:
            number = session.execute(text("SELECT count(*) + 1 FROM model_version")).scalar_one()
            values = {"p": self.project.id, "n": number, "v": version, "r": run, "m": model}
            session.execute(
                text("INSERT INTO dataset_version (id, project_id, number, kept, line) VALUES (:v, :p, :n, 0, 0)"),
                values,
            )
            session.execute(
                text(
                    "INSERT INTO run (id, project_id, number, dataset_version_id, recipe) "
                    "VALUES (:r, :p, :n, :v, 'detection')"
                ),
                values,
            )
            session.execute(
                text(
                    "INSERT INTO model_version (id, project_id, run_id, dataset_version_id, recipe, number, key, size, "
                    "sha256, classes, threshold) "
                    """VALUES (:m, :p, :r, :v, 'detection', :n, :k, :s, :h, '["bright", "dark"]', :t)"""
                ),
                {**values, "k": key, "s": len(packed), "h": sha, "t": threshold},
            )
        return model

    def post(self, path: str, body: Any = None, who: Person | None = None) -> httpx2.Response:
        """A POST of the engineer, or of somebody else."""
        answer: httpx2.Response = self.client.as_(who or self.engineer).post(self.url(path), json=body or {})
        return answer

    def get(self, path: str, who: Person | None = None, **params: Any) -> httpx2.Response:
        """A GET of the engineer, or of somebody else."""
        answer: httpx2.Response = self.client.as_(who or self.engineer).get(self.url(path), params=params)
        return answer

    def deploy(self, **wish: Any) -> dict[str, Any]:
        """A deployment, with a sound model unless another is named."""
        body = {"name": "一号线", "reason": "first of its kind", **wish}
        if "model_id" not in body:
            body["model_id"] = str(self.model())
        answer = self.post("deployments", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def device(self, deployment: dict[str, Any], **wish: Any) -> Client:
        """A client with the token of a fresh device."""
        made = self.post(f"deployments/{deployment['id']}/devices", {"name": "相机", **wish}).json()
        client = Client(self.client.app)
        client.headers["authorization"] = f"Bearer {made['token']}"
        return client

    def ask(self, client: Client, deployment: dict[str, Any], content: bytes | None = None, **more: Any) -> Any:
        """The answer for one picture."""
        headers = {"content-type": "image/png", **more.pop("headers", {})}
        body = picture() if content is None else content
        return client.post(
            f"/api/v1/deployments/{deployment['id']}/predict", content=body, headers=headers, params=more
        )


@pytest.fixture
def line(
    database: JoinedDatabase,
    storage: Storage,
    client: Client,
    make_project: MakeProject,
    make_person: MakePerson,
    grant: Grant,
    run_jobs: RunJobs,
    org: Org,
) -> Line:
    """A project with an engineer and an operator."""
    del org
    project = make_project()

    def person(name: str, *roles: str) -> Person:
        made = make_person(name, 3)
        grant(project, made, *roles)
        return made

    engineer, operator = person("吴工", "engineer"), person("陈操作", "operator")
    return Line(database, storage, client, project, engineer, operator, run_jobs, person)


@pytest.fixture
def runner(settings: Settings, storage: Storage) -> Iterator[Server]:
    """A runner on the test's data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    server = Server(settings, storage, listen(settings.data_dir))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.close()
