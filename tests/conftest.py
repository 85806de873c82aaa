"""Fixtures for tests with a real database: schema from the migrations, each test rolled back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from tongguan.api.app import create_app
from tongguan.core import embedded, jobs, links, provision, roles, telemetry
from tongguan.core.auth import Caller
from tongguan.core.database import Database, Session, direct
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings, load_settings, secret_of
from tongguan.core.storage import Storage, memory_storage
from tongguan.people.models import Person
from tongguan.people.schemas import TokenIn
from tongguan.people.service import links as people_links
from tongguan.people.service import sessions
from tongguan.projects.models import Project
from tongguan.projects.repository import set_roles
from tongguan.projects.schemas import ProjectIn, ProjectSettings
from tongguan.projects.service import create as create_project
from tongguan.worker.stages import JOB_MODULES


@dataclass(slots=True)
class TestServer:
    """The session's PostgreSQL with a migrated database."""

    __test__ = False
    settings: Settings
    server: embedded.EmbeddedServer
    owner_url: str
    app_url: str


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """An embedded server of this test process; the owner is no superuser."""
    folder = Path(tempfile.mkdtemp(prefix="tongguan-test-"))
    folder.chmod(0o755)  # the server runs as another user when the tests run as root
    settings = load_settings(data_dir=folder / "data", bind_port=0, log_level="ERROR")
    telemetry.configure_logging("ERROR", as_json=False)
    running = embedded.start(settings.data_dir / "postgres")
    try:
        provision.migrate(running.url(), roles.app_password(settings))
        yield TestServer(settings, running, running.url(), roles.app_url(settings, running.url()))
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


class JoinedDatabase(Database):
    """Every session joins one outer transaction by a savepoint, so that a test leaves nothing behind."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self.connection: Connection | None = None

    def session(self) -> Session:
        """A session on the test's connection."""
        if self.connection is None:
            return super().session()
        return Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")

    def at_once(self, org_id: UUID, person_id: UUID | None, statement: str, values: dict[str, Any]) -> list[Any]:
        """The statement on the test's connection."""
        if self.connection is None:
            return super().at_once(org_id, person_id, statement, values)
        with self.transaction(org_id, person_id) as session:
            return direct(session, statement, values, psycopg.ClientCursor)


@pytest.fixture(scope="session")
def committed_database(server: TestServer) -> Iterator[Database]:
    """The application's database without rollback, for tests with several connections (make an organization each)."""
    opened = Database.connect(server.app_url)
    yield opened
    opened.dispose()


@pytest.fixture
def database(committed_database: Database) -> Iterator[JoinedDatabase]:
    """The application's database; what a test writes is rolled back."""
    joined = JoinedDatabase(committed_database)
    with joined.engine.connect() as connection:
        outer = connection.begin()
        joined.connection = connection
        yield joined
        outer.rollback()


@dataclass(slots=True)
class Org:
    """An organization with its owner."""

    id: UUID
    owner: Person
    people: dict[str, Person] = field(default_factory=dict)


def make_org(database: Database, name: str = "试验一厂") -> Org:
    """A fresh organization in a database (also usable on `committed_database`)."""
    org_id = new_id()
    with database.system() as session:
        session.execute(text("SELECT auth_new_organization(:i, :n, 'Asia/Shanghai')"), {"i": org_id, "n": name})
        member = people_links.add_member(
            session, org_id, f"owner-{org_id.hex[-12:]}@example.com", "厂长", None, org_role="owner", level=5
        )
        session.flush()
        owner = session.get_one(Person, member)
    return Org(org_id, owner)


@pytest.fixture
def org(database: JoinedDatabase) -> Org:
    """A fresh organization."""
    return make_org(database)


@pytest.fixture
def other_org(database: JoinedDatabase) -> Org:
    """A second organization, which must not see the first."""
    return make_org(database, "别的厂")


@pytest.fixture
def tx(database: JoinedDatabase, org: Org) -> Iterator[Session]:
    """A session under the organization, on the test's transaction."""
    with database.session() as session:
        Database.bind(session, org.id, org.owner.id)
        yield session
        session.flush()


MakePerson = Callable[..., Person]
MakeProject = Callable[..., Project]
Grant = Callable[..., None]
RunJobs = Callable[..., int]


@pytest.fixture
def make_person(database: JoinedDatabase, org: Org) -> MakePerson:
    """make_person(name, level=1, org_role="member", org=None) -> Person"""

    def make(name: str = "小王", level: int = 1, org_role: str = "member", in_org: Org | None = None) -> Person:
        home = in_org or org
        with database.system() as session:
            email = f"p{new_id().hex[-12:]}@example.com"
            member = people_links.add_member(session, home.id, email, name, None, org_role=org_role, level=level)
            session.flush()
            return session.get_one(Person, member)

    return make


@pytest.fixture
def make_project(database: JoinedDatabase, org: Org) -> MakeProject:
    """make_project(name=…, in_org=None, **settings sections) -> Project, e.g. quality={"gate_share": 0.9}"""

    def make(name: str = "钢板缺陷", in_org: Org | None = None, **sections: Any) -> Project:
        home = in_org or org
        with database.transaction(home.id, home.owner.id) as session:
            settings = ProjectSettings.model_validate(sections)
            caller = Caller(home.id, home.owner.id, home.owner.id, "owner", "厂长", 5, "session", home.id)
            return create_project(session, caller, ProjectIn(name=name, settings=settings))

    return make


@pytest.fixture
def grant(database: JoinedDatabase) -> Grant:
    """grant(project, person, *roles)"""

    def give(project: Project, person: Person, *roles: str) -> None:
        with database.transaction(project.org_id) as session:
            set_roles(session, project.id, person.id, list(roles))

    return give


@pytest.fixture
def storage() -> Storage:
    """An empty byte store in memory."""
    return memory_storage()


@pytest.fixture
def settings(server: TestServer, tmp_path: Path) -> Settings:
    """Settings whose data folder is the test's own."""
    del server
    return load_settings(data_dir=tmp_path / "data", log_level="ERROR", import_roots=str(tmp_path))


@pytest.fixture
def app(settings: Settings, database: JoinedDatabase, storage: Storage) -> FastAPI:
    """The web application on the test's transaction."""
    return create_app(settings, database, storage)


class Client(TestClient):
    """A TestClient that can act as a person (by a personal token)."""

    database: Database

    def as_(self, person: Person) -> Client:
        """A client signed in as the person."""
        with self.database.transaction(person.org_id) as session:
            caller = Caller(
                person.org_id, person.id, person.id, person.org_role, person.name, person.level, "session", person.id
            )
            token = sessions.create_token(session, caller, TokenIn(name="test")).token
        client = Client(self.app, raise_server_exceptions=True)
        client.database = self.database
        client.headers["authorization"] = f"Bearer {token}"
        return client


@pytest.fixture
def client(app: FastAPI, database: JoinedDatabase) -> Client:
    """An anonymous client; `client.as_(person)` is a signed-in one."""
    made = Client(app, raise_server_exceptions=True)
    made.database = database
    return made


@pytest.fixture
def untouched(server: TestServer) -> Iterator[Database]:
    """A migrated database of its own in which nobody has an account yet: for the first start."""
    name = f"first_{new_id().hex[-12:]}"
    with psycopg.connect(server.server.url("postgres", "postgres"), autocommit=True) as connection:
        embedded.ensure_database(connection, name)
    provision.migrate(server.server.url(database=name), roles.app_password(server.settings))
    app_url = make_url(server.app_url).set(database=name).render_as_string(hide_password=False)
    opened = Database.connect(app_url, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture
def first_client(untouched: Database, settings: Settings, storage: Storage) -> Client:
    """An anonymous client of an installation that has just been started for the first time."""
    made = Client(create_app(settings, untouched, storage), raise_server_exceptions=True)
    made.database = untouched
    return made


@pytest.fixture
def run_jobs(database: JoinedDatabase, storage: Storage, settings: Settings) -> RunJobs:
    """run_jobs() delivers all waiting events in this process, until none is left; returns how many."""
    assert JOB_MODULES is not None  # importing it subscribes every stage's jobs
    links.configure(secret_of(settings, "links"))

    def run(limit: int = 1000) -> int:
        delivered = 0
        while delivered < limit:
            with database.system() as session:
                rows = session.execute(text("SELECT id, org_id, kind FROM next_events(100)")).all()
            if not rows:
                return delivered
            bursts: dict[tuple[UUID, str], list[UUID]] = {}
            for row in rows:
                alone = [spec for spec in jobs.subscribers(row.kind) if spec.together is None]
                if jobs.goes_together(row.kind):
                    bursts.setdefault((row.org_id, row.kind), []).append(row.id)
                else:
                    with database.transaction(row.org_id) as session:
                        session.execute(text("UPDATE event SET delivered_at = now() WHERE id = :id"), {"id": row.id})
                for spec in alone:
                    jobs.run(spec, jobs.JobContext(row.org_id, row.id, database, storage, settings))
                delivered += 1
            for (org_id, kind), ids in bursts.items():
                assert jobs.run_together(database, org_id, kind, ids) == len(ids)
        raise AssertionError(f"events never end: more than {limit}")

    return run


def assert_error(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Checks an error's status and code; returns its params."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    params: dict[str, Any] = body["params"]
    return params
