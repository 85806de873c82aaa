"""A receiver on this machine, named in the settings, and a project whose manager connects it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Client, Grant, MakePerson, MakeProject, RunJobs, TestServer
from tongguan.core.database import Database, Session
from tongguan.core.settings import Settings, load_settings
from tongguan.people.models import Person
from tongguan.projects.models import Project
from tongguan.projects.service import record_gate


@dataclass
class Call:
    """One call as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A server on 127.0.0.1 that answers as it is told to and keeps what came."""

    calls: list[Call] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode": 0, "code": 0}'
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            made.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(made.status)
            for name, value in {**made.headers, "Content-Length": str(len(made.answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(server: TestServer, tmp_path: Path, receiver: Receiver) -> Settings:
    """Settings that name the receiver as a host of the own network."""
    del server
    return load_settings(
        data_dir=tmp_path / "data",
        log_level="ERROR",
        import_roots=str(tmp_path),
        public_url="https://tongguan.example",
        fetch_hosts=f"127.0.0.1:{receiver.port}",
    )


@dataclass
class Desk:
    """A manager in front of the connections of a project."""

    client: Client
    database: Database
    project: Project
    manager: Person
    run_jobs: RunJobs

    @property
    def page(self) -> Client:
        return self.client.as_(self.manager)

    def url(self, path: str = "") -> str:
        return f"/api/v1/projects/{self.project.id}/webhooks{path}"

    def connect(self, address: str, **more: Any) -> dict[str, Any]:
        """Makes a connection."""
        wish = {"name": "MES", "url": address, "events": ["gate.changed"], **more}
        answer = self.page.post(self.url(), json=wish)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def session(self) -> Any:
        return self.database.transaction(self.project.org_id)

    def change_gate(self, state: str = "open", gate: int = 3) -> None:
        """Something happens; delivers it."""
        with self.session() as session:
            self.gate(session, state, gate)
        self.run_jobs()

    def gate(self, session: Session, state: str, gate: int = 3) -> None:
        record_gate(session, self.project.id, gate, state, {"share": 0.97}, [])

    def deliveries(self, hook: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.page.get(self.url(f"/{hook['id']}/deliveries"))
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def desk(
    client: Client,
    database: Database,
    make_project: MakeProject,
    make_person: MakePerson,
    grant: Grant,
    run_jobs: RunJobs,
) -> Desk:
    project, manager = make_project("钢板缺陷"), make_person("孙经理", level=5)
    grant(project, manager, "manager")
    return Desk(client, database, project, manager, run_jobs)
