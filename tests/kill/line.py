"""A deployment in a real installation, with a model that was never trained, and a device that asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg

from tests.kill.server import Installation, Plant
from tests.runner.made import archive
from tongguan.core.clock import now
from tongguan.core.ids import new_id
from tongguan.deploy.repository.log import floor_id


@dataclass
class Camera:
    """A device with its deployment."""

    made: Plant
    deployment: dict[str, Any]
    http: httpx.Client

    def ask(self, content: bytes, **headers: str) -> dict[str, Any]:
        """The answer for one picture."""
        path = f"/api/v1/deployments/{self.deployment['id']}/predict"
        answer = self.http.post(path, content=content, headers={"content-type": "image/png", **headers})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def log(self, **query: Any) -> list[dict[str, Any]]:
        """The newest 200 lines of the log."""
        path = f"{self.made.project}/deployments/{self.deployment['id']}/predictions"
        rows: list[dict[str, Any]] = self.made.owner.get(path, limit=200, **query)["items"]
        return rows


def execute(home: Installation, statements: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Statements as PostgreSQL's superuser."""
    text = (home.data / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
    with psycopg.connect(host=text.split("\n")[4], user="postgres", dbname="tongguan") as connection:
        for statement, values in statements:
            connection.execute(statement, values)


def store_model(made: Plant, packed: bytes, sha: str) -> str:
    """A model version whose archive has these bytes."""
    project = made.project.rpartition("/")[2]
    ((org,),) = made.home.ask("SELECT org_id FROM project WHERE id = %(p)s", p=project)
    ((number,),) = made.home.ask("SELECT count(*) + 1 FROM model_version")
    version, run, model = new_id(), new_id(), new_id()
    key = f"{org}/models/{run}.zip"
    file = made.home.data / "files" / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(packed)
    values = {"o": org, "p": project, "n": number, "v": version, "r": run, "m": model, "k": key, "h": sha}
    execute(
        made.home,
        [
            (
                "INSERT INTO dataset_version (id, org_id, project_id, number, kept, line) "
                "VALUES (%(v)s, %(o)s, %(p)s, %(n)s, 0, 0)",
                values,
            ),
            (
                "INSERT INTO run (id, org_id, project_id, number, dataset_version_id, recipe) "
                "VALUES (%(r)s, %(o)s, %(p)s, %(n)s, %(v)s, 'detection')",
                values,
            ),
            (
                "INSERT INTO model_version (id, org_id, project_id, run_id, dataset_version_id, recipe, number, key, "
                "size, sha256, threshold) VALUES (%(m)s, %(o)s, %(p)s, %(r)s, %(v)s, 'detection', %(n)s, %(k)s, 1, "
                "%(h)s, 0.3)",
                values,
            ),
        ],
    )
    return str(model)


def camera(made: Plant, model: str | None = None, **wish: Any) -> Camera:
    """A deployment and a device for it."""
    wish = {
        "name": "一号线",
        "reason": "only model there is",
        "model_id": model or store_model(made, *archive()),
        **wish,
    }
    deployment = made.owner.post(f"{made.project}/deployments", wish)
    device = {"name": "相机", "per_minute": 60_000}
    token = made.owner.post(f"{made.project}/deployments/{deployment['id']}/devices", device)["token"]
    http = httpx.Client(base_url=made.home.address, timeout=30, headers={"authorization": f"Bearer {token}"})
    return Camera(made, deployment, http)


def plant_log(shown: Camera, brightness: Sequence[float], ago: timedelta, key: str | None = None) -> list[UUID]:
    """Answers that were given some time ago, one each second."""
    deployment, begin = shown.deployment, now() - ago
    ((org, project),) = shown.made.home.ask(
        "SELECT org_id, project_id FROM deployment WHERE id = %(d)s", d=deployment["id"]
    )
    rows, ids = [], []
    for at, value in enumerate(brightness):
        moment: datetime = begin + timedelta(seconds=at)
        one = UUID(int=floor_id(moment).int | (new_id().int & ((1 << 62) - 1)))
        ids.append(one)
        values = {
            "i": one,
            "o": org,
            "p": project,
            "d": deployment["id"],
            "m": deployment["live_model_id"],
            "b": float(value),
            "k": f"{key}/{one}" if key else None,
            "t": moment,
        }
        rows.append(
            (
                "INSERT INTO prediction (id, org_id, project_id, deployment_id, model_version_id, input_sha256, "
                "brightness, top_score, threshold, verdict, draw, latency_ms, picture_key, created_at) VALUES "
                "(%(i)s, %(o)s, %(p)s, %(d)s, %(m)s, '', %(b)s, 0.1, 0.3, 'ok', 0.01, 5, %(k)s, %(t)s)",
                values,
            )
        )
    execute(shown.made.home, rows)
    return ids
