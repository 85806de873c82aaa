"""Imported labels become gold, pre-labels or accepted answers; killed at any point, the result is the same."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, RunJobs, assert_error
from tests.rules.made import CLASSES, add_batch, add_items, box, content, import_labels
from tongguan.core import failpoints
from tongguan.core.failpoints import FailpointError
from tongguan.core.ids import new_id
from tongguan.flows.service import choosing, imported
from tongguan.projects.models import Project
from tongguan.quality import interface as quality
from tongguan.rules.schemas import GoldShares

NAMES = {"scr": "scratches", "pat": "patches", "dust": None}


class Import:
    """A project with published rules and a batch of ten items with labels: two of them say "nothing here"."""

    def __init__(self, client: Client, project: Project, database: JoinedDatabase) -> None:
        self.client, self.project, self.database = client, project, database
        self.url = f"/api/v1/projects/{project.id}"
        with database.transaction(project.org_id) as session:
            self.batch = add_batch(session, project.id)
            self.items = add_items(session, project.id, self.batch, 10)
            for number, item in enumerate(self.items):
                labels = [box(10, 10, 50, 50, "scr"), box(80, 80, 30, 30, "pat"), box(5, 5, 9, 9, "dust")]
                labels = [] if number < 2 else labels
                import_labels(session, project.id, self.batch, item, labels, nothing=not labels)

    def map(self, **wanted: Any) -> Any:
        """Maps the names."""
        body = {"batch_id": str(self.batch), "mapping": NAMES, **wanted}
        return self.trainer.put(f"{self.url}/label-mapping", json=body)

    def sign_in(self, trainer: Any) -> None:
        """The trainer, with published rules."""
        self.trainer = self.client.as_(trainer)
        self.trainer.put(f"{self.url}/rules/draft", json=content())
        assert self.trainer.post(f"{self.url}/rules/publish", json={}).status_code == 201

    def job(self, answer: Any) -> dict[str, Any]:
        """The job that an answer started."""
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = self.trainer.get(f"{self.url}/jobs/{answer.json()['job_id']}").json()
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query under the organization."""
        with self.database.transaction(self.project.org_id) as session:
            return [tuple(row) for row in session.execute(text(query))]


@pytest.fixture
def plates(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant, database: JoinedDatabase
) -> Import:
    """A project with an import."""
    project = make_project()
    trainer = make_person("训练师", 3)
    grant(project, trainer, "trainer")
    made = Import(client, project, database)
    made.sign_in(trainer)
    return made


def test_names_are_listed_with_a_suggestion_and_what_they_were_mapped_to(plates: Import) -> None:
    url = f"{plates.url}/imported-names?batch_id={plates.batch}"
    names = plates.trainer.get(url).json()["items"]
    assert {row["name"]: row["count"] for row in names} == {"scr": 8, "pat": 8, "dust": 8}
    assert not any(row["mapped"] for row in names)
    plates.map(use="ignore")
    mapped = {row["name"]: row["label"] for row in plates.trainer.get(url).json()["items"]}
    assert mapped == NAMES


def test_accepted_answers_have_the_batch_as_author(plates: Import, run_jobs: RunJobs) -> None:
    answer = plates.map(use="accepted")
    run_jobs()
    job = plates.job(answer)
    assert job["state"] == "done", job
    assert job["result"]["carried"] == {"accepted": 10}
    assert job["result"]["left_out_labels"] == 8
    rows = plates.rows("SELECT state, source, person_id, batch_id, label_count, purpose FROM annotation")
    assert {row[:4] for row in rows} == {("accepted", "import", None, plates.batch)}
    assert sorted(row[4] for row in rows) == [0, 0] + [2] * 8
    assert plates.rows("SELECT DISTINCT state FROM imported_label") == [("mapped",)]
    with plates.database.transaction(plates.project.org_id) as session:
        assert len(list(quality.settled_revisions(session, plates.project.id))) == 10
    again = plates.map(use="accepted")
    run_jobs()
    assert plates.job(again)["result"]["carried"] == {}


def test_gold_by_share(plates: Import, run_jobs: RunJobs) -> None:
    answer = plates.map(use="gold", share={"hidden": 0.2, "practice": 0.1, "exam": 0.3})
    run_jobs()
    assert plates.job(answer)["result"]["carried"] == {"hidden": 2, "practice": 1, "exam": 3}
    rows = plates.rows("SELECT use, count(*) FROM gold GROUP BY use")
    assert dict(rows) == {"hidden": 2, "practice": 1, "exam": 3}
    assert plates.rows("SELECT count(*) FROM imported_label WHERE state = 'raw'") == [(4,)]
    rest = plates.map(use="gold", gold_use="practice", share=0.5)
    run_jobs()
    assert plates.job(rest)["result"]["carried"] == {"practice": 2}


def test_prelabels_are_put_before_people(plates: Import, run_jobs: RunJobs) -> None:
    answer = plates.map(use="prelabel")
    run_jobs()
    assert plates.job(answer)["result"]["carried"] == {"prelabel": 10}
    labels = plates.rows("SELECT labels FROM prelabel WHERE state = 'live' AND jsonb_array_length(labels) > 0")
    assert len(labels) == 8
    assert [label["label"] for label in labels[0][0]] == ["scratches", "patches"]


def test_what_cannot_be_carried_is_named_and_stays(plates: Import, run_jobs: RunJobs) -> None:
    with plates.database.transaction(plates.project.org_id) as session:
        more = add_items(session, plates.project.id, plates.batch, 3, first=50)
        import_labels(session, plates.project.id, plates.batch, more[0], [box(190, 10, 50, 50, "scr")])
        import_labels(session, plates.project.id, plates.batch, more[1], [box(10, 10, 2, 2, "scr")])
        import_labels(session, plates.project.id, plates.batch, more[2], [box(10, 10, 20, 20, "new")])
    answer = plates.map(use="accepted")
    run_jobs()
    result = plates.job(answer)["result"]
    assert result["carried"] == {"accepted": 10}
    assert result["refused"] == {"label.outside": 1, "label.too_small": 1, "import.unmapped": 1}
    assert {example["item"] for example in result["examples"]} == {f"plate_{n:04}.png" for n in (50, 51, 52)}
    assert plates.rows("SELECT count(*) FROM imported_label WHERE state = 'raw'") == [(3,)]


@pytest.mark.parametrize("point", ["flows.labels_planned", "flows.labels_window", "flows.labels_stored"])
@pytest.mark.parametrize("at", [1, 2])
def test_a_job_that_dies_goes_on_to_the_same_result(
    plates: Import, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, point: str, at: int
) -> None:
    monkeypatch.setattr(imported, "WINDOW", 4)
    answer = plates.map(use="gold", share={"hidden": 0.4, "exam": 0.4})
    failpoints.arm(f"{point}=error@{at}")
    try:
        if point == "flows.labels_planned" and at == 2:
            run_jobs()
        else:
            with pytest.raises(FailpointError):
                run_jobs()
            failpoints.arm("")
            with plates.database.transaction(plates.project.org_id) as session:
                session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind = 'job.import_labels'"))
            run_jobs()
    finally:
        failpoints.arm("")
    job = plates.job(answer)
    assert (job["state"], job["done"]) == ("done", 8)
    assert job["result"]["carried"] == {"hidden": 4, "exam": 4}
    assert job["result"]["refused"] == {}
    assert plates.rows("SELECT count(*) FROM gold") == [(8,)]


def test_a_cancelled_job_keeps_what_is_done(plates: Import, run_jobs: RunJobs) -> None:
    answer = plates.map(use="accepted")
    plates.trainer.post(f"{plates.url}/jobs/{answer.json()['job_id']}/cancel")
    run_jobs()
    assert plates.job(answer)["state"] == "cancelled"
    assert plates.rows("SELECT count(*) FROM annotation") == [(0,)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"mapping": {"scr": "unknown"}, "use": "accepted"}, "mapping.unknown_class"),
        ({"mapping": {"nobody": "scratches"}, "use": "accepted"}, "mapping.unknown_name"),
        ({"use": "gold"}, "input.invalid"),
        ({"use": "gold", "gold_use": "exam", "share": 0}, "input.invalid"),
        ({"use": "gold", "share": {"hidden": 0.7, "exam": 0.7}}, "input.invalid"),
        ({"use": "accepted", "share": 0.5}, "input.invalid"),
        ({"use": "eat"}, "input.invalid"),
    ],
)
def test_a_bad_mapping_is_refused(plates: Import, changed: dict[str, Any], code: str) -> None:
    assert_error(plates.map(**changed), 422, code)


def test_mapping_needs_published_rules_and_the_role(
    plates: Import, other_org: Org, make_person: MakePerson, make_project: MakeProject, grant: Grant
) -> None:
    body = {"batch_id": str(plates.batch), "mapping": {}, "use": "ignore"}
    worker = make_person("小王")
    grant(plates.project, worker, "annotator")
    url, names, impact = (f"{plates.url}/{path}" for path in ("label-mapping", "imported-names", "rules/impact"))
    for who, status in (
        (plates.client, 401),
        (plates.client.as_(other_org.owner), 404),
        (plates.client.as_(worker), 403),
    ):
        assert who.put(url, json=body).status_code == status
        assert who.get(names).status_code == status
        assert who.get(impact).status_code == status
    fresh = make_project("fresh")
    trainer = make_person("训练师")
    grant(fresh, trainer, "trainer")
    answer = plates.client.as_(trainer).put(f"/api/v1/projects/{fresh.id}/label-mapping", json=body)
    assert_error(answer, 409, "rules.not_published")


def test_impact_is_summed_over_the_stages(plates: Import, run_jobs: RunJobs) -> None:
    nothing = plates.trainer.get(f"{plates.url}/rules/impact").json()
    assert (nothing["draft"], nothing["next"]) == (False, None)
    plates.map(use="gold", gold_use="exam", share=0.5)
    run_jobs()
    plates.map(use="accepted")
    run_jobs()
    changed = [{**CLASSES[0], "name": {"zh": "擦伤"}}, CLASSES[1]]
    plates.trainer.put(f"{plates.url}/rules/draft", json=content(label_set=changed))
    impact = plates.trainer.get(f"{plates.url}/rules/impact").json()
    assert (impact["major"], impact["current"], impact["next"], impact["labels"]) == (True, "1.0", "2.0", ["scratches"])
    gold = plates.rows("SELECT count(*) FROM gold WHERE jsonb_array_length(labels) > 0")[0][0]
    assert (impact["touched"]["gold"], impact["touched"]["annotations"]) == (gold, 8 - gold)
    assert json.dumps(impact["changes"])


@given(st.integers(0, 300), st.floats(0, 0.5), st.floats(0, 0.3), st.floats(0.01, 0.2))
def test_shares_are_kept_to_one_item(count: int, hidden: float, practice: float, exam: float) -> None:
    items: list[UUID] = [new_id() for _ in range(count)]
    shares = GoldShares(hidden=hidden, practice=practice, exam=exam)
    ends = choosing.limits(items, shares)
    uses = [choosing.use_of(item, ends) for item in items]
    for use in choosing.GOLD_USES:
        assert abs(uses.count(use) - getattr(shares, use) * count) <= 1
    assert ends == choosing.limits(list(reversed(items)), shares)
