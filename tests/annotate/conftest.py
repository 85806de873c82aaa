"""A project with items, published rules and qualified people, on the test's transaction or committed for threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tongguan.annotate.interface import create_tasks
from tongguan.annotate.schemas import NoWork, SubmitIn, SubmitOut, Work
from tongguan.annotate.service import claim, submit
from tongguan.annotate.service.refusing import Refused
from tongguan.core import links
from tongguan.core.auth import Caller
from tongguan.core.database import Database, Session
from tongguan.core.ids import new_id
from tongguan.people.interface import add_member, grant_qualification
from tongguan.people.models import Person
from tongguan.projects.interface import project_of, record_gate, settings_of
from tongguan.projects.models import Project
from tongguan.projects.repository import set_roles
from tongguan.projects.schemas import ProjectIn, ProjectSettings
from tongguan.projects.service import create as create_project
from tongguan.rules.models import RuleVersionRow

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SCRATCHES = {
    "key": "scratches",
    "kind": "box",
    "name": {"zh": "划痕", "en": "Scratches"},
    "color": "#ffb000",
    "hotkey": "6",
    "difficulty": "normal",
    "definition": {"zh": "细长", "en": "thin"},
    "attributes": [],
}


def box(x: float = 10, y: float = 10, width: float = 30, height: float = 20, **more: Any) -> dict[str, Any]:
    """A box of the class scratches."""
    return {"kind": "box", "label": "scratches", "x": x, "y": y, "width": width, "height": height, **more}


@dataclass
class World:
    """A project ready for work. `as_caller` and the calls below act on services; routes are tested with `client`."""

    database: Database
    org_id: UUID
    owner: UUID
    project: Project
    version_id: UUID
    people: list[Person] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def caller(self, person: Person) -> Caller:
        """The person as a caller of services."""
        return Caller(
            self.org_id, person.id, person.id, person.org_role, person.name, person.level, "session", person.id
        )

    def items(self, count: int) -> list[UUID]:
        """New pictures of 200 × 200 px."""
        made = [new_id() for _ in range(count)]
        with self.database.transaction(self.org_id) as session:
            batch = session.execute(
                text(
                    "INSERT INTO batch (id, project_id, name, source, mode, state) "
                    "VALUES (:id, :project, 'b', 'folder', 'copy', 'done') RETURNING id"
                ),
                {"id": new_id(), "project": self.project.id},
            ).scalar_one()
            rows = [
                {"id": item_id, "asset": new_id(), "project": self.project.id, "batch": batch, "n": next(self.numbers)}
                for item_id in made
            ]
            session.execute(
                text(
                    "INSERT INTO asset (id, sha256, size, media_type, location) "
                    "VALUES (CAST(:asset AS uuid), :asset, 10, 'image/png', 'x/assets/a')"
                ),
                [{**row, "asset": str(row["asset"])} for row in rows],
            )
            session.execute(
                text(
                    "INSERT INTO item (id, project_id, batch_id, asset_id, name, width, height) "
                    "VALUES (:id, :project, :batch, :asset, 'plate_' || CAST(:n AS text) || '.png', 200, 200)"
                ),
                rows,
            )
        return made

    def tasks(self, items: Sequence[UUID], **options: Any) -> list[UUID]:
        """Tasks of items."""
        with self.database.transaction(self.org_id) as session:
            return create_tasks(session, self.project.id, items, self.version_id, **options)

    def person(
        self, name: str = "小李", level: int = 2, qualified: bool = True, roles: Sequence[str] = ("annotator",)
    ) -> Person:
        """A person of the project, qualified for the present rules."""
        with self.database.system() as session:
            email = f"w{new_id().hex[-12:]}@example.com"
            member = add_member(session, self.org_id, email, name, None, org_role="member", level=level)
            session.flush()
            person = session.get_one(Person, member)
        self.admit(person, qualified, roles)
        return person

    def admit(self, person: Person, qualified: bool = True, roles: Sequence[str] = ("annotator",)) -> None:
        """Makes a person of the organization a member of this project."""
        with self.database.transaction(self.org_id) as session:
            set_roles(session, self.project.id, person.id, list(roles))
            if qualified:
                grant_qualification(session, person.id, self.project.id, 1, "granted")
        self.people.append(person)

    def publish(self, major: int, minor: int, label_set: Sequence[dict[str, Any]] = (SCRATCHES,)) -> UUID:
        """A published version; emits nothing."""
        version_id = new_id()
        with self.database.transaction(self.org_id) as session:
            session.add(_version(self.project.id, version_id, major, minor, label_set))
        return version_id

    def settings(self) -> ProjectSettings:
        """The project's settings."""
        with self.database.transaction(self.org_id) as session:
            return settings_of(session, self.project.id)

    def claim(self, person: Person, slot: str = "open", wanted: UUID | None = None) -> Work | NoWork:
        """One claim in its own transaction."""
        with self.database.transaction(self.org_id, person.id) as session:
            settings = settings_of(session, self.project.id)
            return claim.claim_work(session, self.caller(person), self.project.id, settings, slot, wanted)

    def work(self, person: Person, slot: str = "open") -> Work:
        """A claim that must give work."""
        given = self.claim(person, slot)
        assert isinstance(given, Work), given
        return given

    def submit(self, person: Person, lease_id: UUID, *labels: dict[str, Any], **more: Any) -> SubmitOut | Refused:
        """One submit in its own transaction; a refusal commits what it keeps."""
        values = {"submit_key": str(new_id()), "labels": list(labels) or [box()], **more}
        with self.database.transaction(self.org_id, person.id) as session:
            return submit.submit_work(session, self.project.id, person.id, lease_id, SubmitIn.model_validate(values))

    def done(self, person: Person, lease_id: UUID, *labels: dict[str, Any], **more: Any) -> SubmitOut:
        """A submit that must succeed."""
        out = self.submit(person, lease_id, *labels, **more)
        assert isinstance(out, SubmitOut), out.error.body()
        return out

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Rows of a query under the organization."""
        with self.database.transaction(self.org_id) as session:
            return list(session.execute(text(query), values).all())

    def one(self, query: str, **values: Any) -> Any:
        """The only value of a query."""
        with self.database.transaction(self.org_id) as session:
            return session.execute(text(query), values).scalar_one()


def _version(
    project_id: UUID, version_id: UUID, major: int, minor: int, label_set: Sequence[dict[str, Any]]
) -> RuleVersionRow:
    return RuleVersionRow(
        id=version_id,
        project_id=project_id,
        major=major,
        minor=minor,
        state="published",
        label_set=list(label_set),
        guideline="",
        examples=[],
        checks={"min_width": 4, "min_height": 4, "require_any": True},
        published_at=NOON,
    )


MakeWorld = Callable[..., World]


def build(database: Database, org_id: UUID, owner: UUID, **sections: Any) -> World:
    """A project with rules 1.0 and an open data gate."""
    links.configure("test")
    version_id = new_id()
    with database.transaction(org_id, owner) as session:
        caller = Caller(org_id, owner, owner, "owner", "厂长", 5, "session", owner)
        settings = ProjectSettings.model_validate(sections)
        project = create_project(session, caller, ProjectIn(name="钢板", settings=settings))
        session.add(_version(project.id, version_id, 1, 0, [SCRATCHES]))
        record_gate(session, project.id, 1, "open", {}, [])
        session.flush()
    return World(database, org_id, owner, project, version_id)


@pytest.fixture
def make_world(database: Any, org: Any) -> MakeWorld:
    """make_world(**settings sections) -> World on the test's transaction."""
    return lambda **sections: build(database, org.id, org.owner.id, **sections)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A project without hidden gold."""
    return make_world(quality={"gold_share": {str(level): 0 for level in range(1, 6)}})


@pytest.fixture
def committed_world(committed_database: Database) -> World:
    """A project of an own organization, committed: for tests with several connections."""
    org_id = new_id()
    with committed_database.system() as session:
        session.execute(text("SELECT auth_new_organization(:i, 'x', 'Asia/Shanghai')"), {"i": org_id})
        owner = add_member(session, org_id, f"o{org_id.hex[-12:]}@example.com", "厂长", None, org_role="owner", level=5)
    return build(committed_database, org_id, owner, quality={"gold_share": {str(level): 0 for level in range(1, 6)}})


def refused(outcome: object, code: str, status: int | None = None) -> dict[str, Any]:
    """Checks that an outcome is a refusal with this code; returns its params."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.error.code == code, outcome.error.body()
    assert status is None or outcome.error.status == status
    return outcome.error.params


__all__ = ["NOON", "Session", "World", "box", "build", "project_of", "refused"]
