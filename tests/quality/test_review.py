"""The review queue: taking, accepting, rejecting, fixing, and what each means for the author."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.conftest import assert_error
from tests.quality.floor import Floor, box

from tongguan.annotate.interface import add_revision
from tongguan.core import clock


def test_an_accepted_answer_settles_its_item(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(), box(x=80))
    review = floor.judge(ins)
    assert review["annotation_state"] == "accepted"
    assert floor.state(done) == "accepted"
    assert floor.judgements() == [("小李", "accepted", 2, "review")]
    assert floor.get(ins, "review/next").json() == {"review": None, "reason": "none_waiting"}
    settled = floor.world.rows("SELECT payload FROM event WHERE kind = 'item.settled'")
    assert [row.payload["annotation_id"] for row in settled] == [str(done)]


def test_a_review_shows_the_work_but_not_whose_it_is(floor: Floor) -> None:
    ann, ins = floor.annotator("王小明"), floor.inspector()
    floor.answer(ann, box(id="b1"))
    answer = floor.get(ins, "review/next")
    review = answer.json()["review"]
    assert review["labels"][0]["x"] == 10
    assert review["item"]["image_url"].startswith("/files/")
    assert review["lot"]["size"] == 1
    assert review["lot"]["person_id"] is None
    assert "王小明" not in answer.text
    assert str(ann.id) not in answer.text


def test_a_rejected_answer_returns_to_its_author_with_the_findings(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(id="b1", x=40))
    finding = {"type": "loose_box", "severity": "minor", "label_id": "b1", "note": "太松"}
    review = floor.judge(ins, "reject", findings=[finding])
    assert floor.state(done) == "rejected"
    assert review["rework_task_id"] is not None
    floor.world.tasks(floor.world.items(1), priority=50)
    work = floor.world.work(ann)  # before everything else
    assert work.task_id == UUID(review["rework_task_id"])
    assert work.rework is not None
    [shown] = work.rework["findings"]
    assert shown["note"] == "太松"
    assert shown["label"] == "scratches"
    assert shown["region"] == {"x": 40, "y": 10, "width": 30, "height": 20}
    assert work.labels[0]["x"] == 40


def test_redone_work_is_always_reviewed_joins_no_lot_and_is_paid_once(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(), box(x=80), box(x=140))
    floor.judge(ins, "reject")
    assert floor.work_off(ann, box(), box(x=80)) == [done]
    review = floor.next_review(ins)
    assert review["rework"] is True
    assert review["lot"] is None
    assert [finding["type"] for finding in review["earlier"]] == ["loose_box"]
    floor.judge(ins)
    assert floor.state(done) == "accepted"
    assert floor.judgements(done) == [("小李", "rejected", 3, "review"), ("小李", "accepted", 2, "review")]


@pytest.mark.parametrize(("cause", "outcome"), [("own", "rework_own"), ("rule", "rework_rule")])
def test_work_redone_after_it_had_been_accepted(floor: Floor, cause: str, outcome: str) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    [done] = floor.answer(ann, box())
    floor.judge(ins)
    body = {"annotation_ids": [str(done)], "cause": cause, "note": "客户退回"}
    assert floor.post(boss, "rework", body).json() == {"count": 1}
    assert floor.state(done) == "rejected"
    floor.work_off(ann, box(), box(x=80))
    floor.judge(ins, "reject")  # sent back once more: the first reason still decides
    floor.work_off(ann, box(), box(x=80))
    floor.judge(ins)
    outcomes = [(row[1], row[2]) for row in floor.judgements(done)]
    assert outcomes == [("accepted", 1), ("rejected", 2), (outcome, 2)]
    assert_error(floor.post(boss, "rework", {**body, "annotation_ids": [str(boss.id)]}), 404, "annotation.not_found")


def test_only_accepted_work_can_be_sent_back(floor: Floor) -> None:
    ann, boss = floor.annotator(), floor.manager()
    [done] = floor.answer(ann, box())
    answer = floor.post(boss, "rework", {"annotation_ids": [str(done)], "cause": "own"})
    assert_error(answer, 409, "rework.not_accepted")


def test_nobody_reviews_their_own_work(floor: Floor) -> None:
    both = floor.world.person("自评", 1, roles=("annotator", "inspector"))
    [done] = floor.answer(both, box())
    assert floor.get(both, "review/next").json() == {"review": None, "reason": "only_own_work"}
    review_id = floor.world.one("SELECT id FROM review WHERE annotation_id = :id", id=done)
    assert_error(floor.post(both, f"review/{review_id}/judge", {"verdict": "accept"}), 403, "review.own_work")
    other = floor.inspector()
    floor.judge(other)


def test_two_inspectors_never_get_the_same_review(floor: Floor) -> None:
    ann, first, second = floor.annotator(), floor.inspector("甲"), floor.inspector("乙")
    floor.answer(ann, box(), count=2)
    one, two = floor.next_review(first), floor.next_review(second)
    assert one["id"] != two["id"]
    assert floor.next_review(first)["id"] == one["id"]  # the same again, not a third
    taken = floor.post(second, f"review/{one['id']}/judge", {"verdict": "accept"})
    assert_error(taken, 409, "review.lost")


def test_a_lease_ends_by_time_and_by_giving_back(floor: Floor) -> None:
    ann, first, second = floor.annotator(), floor.inspector("甲"), floor.inspector("乙")
    floor.answer(ann, box())
    one = floor.next_review(first)
    assert floor.get(second, "review/next").json()["review"] is None
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert floor.next_review(second)["id"] == one["id"]
        assert_error(floor.post(first, f"review/{one['id']}/judge", {"verdict": "accept"}), 409, "review.lost")
        assert floor.post(second, f"review/{one['id']}/return").status_code == 200
        assert floor.next_review(first)["id"] == one["id"]


def test_judging_needs_the_revision_that_was_looked_at(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box())
    review = floor.next_review(ins)
    stale = floor.post(ins, f"review/{review['id']}/judge", {"verdict": "accept", "revision": 7})
    assert_error(stale, 409, "review.stale")
    with floor.world.database.transaction(floor.world.org_id) as session:
        add_revision(session, done, 1, ann.id, [box(x=99)], False, "restore")
    stale = floor.post(ins, f"review/{review['id']}/judge", {"verdict": "accept", "revision": 1})
    params = assert_error(stale, 409, "review.stale")
    assert params["revision"] == 2
    assert params["labels"][0]["x"] == 99
    fresh = floor.next_review(ins)
    assert (fresh["revision"], fresh["labels"][0]["x"]) == (2, 99)
    floor.judge(ins)
    assert floor.state(done) == "accepted"


def test_a_verdict_is_given_once(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.answer(ann, box())
    review = floor.judge(ins)
    again = floor.post(ins, f"review/{review['id']}/judge", {"verdict": "reject"})
    assert_error(again, 409, "review.lost")
    assert len(floor.judgements()) == 1


def test_a_fix_splits_the_units(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(id="kept"), box(id="moved", x=60), box(id="gone", x=120))
    fixed = [box(id="kept"), box(id="moved", x=70), box(id="new", x=10, y=100), box(id="new2", x=80, y=100)]
    review = floor.judge(ins, "fix", labels=fixed)
    assert review["annotation_state"] == "accepted"
    assert floor.judgements(done) == [
        ("小李", "accepted", 1, "review"),
        ("小李", "rejected", 2, "review"),
        ("老张", "accepted", 2, "review"),
    ]
    reasons = floor.world.rows(
        "SELECT reason, author_id, jsonb_array_length(labels) AS n FROM annotation_revision "
        "WHERE annotation_id = :id ORDER BY number",
        id=done,
    )
    assert [(row.reason, row.author_id, row.n) for row in reasons] == [("submit", ann.id, 3), ("fix", ins.id, 4)]
    assert floor.state(done) == "accepted"
    assert floor.get(ins, "review/next").json()["review"] is None


def test_a_fix_that_changes_nothing_accepts(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(id="b"))
    floor.judge(ins, "fix", labels=[box(id="b")])
    assert floor.judgements(done) == [("小李", "accepted", 1, "review")]


def test_nothing_here_is_judged_without_units(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    floor.world.tasks(floor.world.items(1))
    work = floor.world.work(ann)
    out = floor.world.submit(ann, work.lease_id, labels=[], nothing=True)
    floor.run_jobs()
    assert getattr(out, "annotation_id", None) is not None
    floor.judge(ins, "fix", labels=[box()])
    assert floor.judgements() == [("小李", "rejected", 0, "review"), ("老张", "accepted", 1, "review")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verdict": "reject"}, "review.finding_needed"),
        ({"verdict": "fix"}, "review.labels_needed"),
        ({"verdict": "fix", "labels": [box(width=1)]}, "labels.invalid"),
        ({"verdict": "fix", "labels": [box(label="unknown")]}, "labels.invalid"),
        (
            {"verdict": "reject", "findings": [{"type": "extra", "severity": "minor", "label_id": "no"}]},
            "review.unknown_label",
        ),
        ({"verdict": "maybe"}, "input.invalid"),
        ({"verdict": "reject", "findings": [{"type": "ugly", "severity": "minor"}]}, "input.invalid"),
        ({"verdict": "reject", "findings": [{"type": "other", "note": "a\x00b"}]}, "input.invalid"),
    ],
)
def test_a_bad_verdict_changes_nothing(floor: Floor, body: dict[str, object], code: str) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(id="b1"))
    review = floor.next_review(ins)
    assert_error(floor.post(ins, f"review/{review['id']}/judge", body), 422, code)
    assert floor.state(done) == "submitted"
    assert floor.judgements() == []
    floor.judge(ins)


def test_work_of_someone_who_left_goes_to_everybody(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.annotator("后来人")
    [done] = floor.answer(ann, box())
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.merge(ann).active = False
    floor.judge(ins, "reject")
    [fresh] = floor.work_off(other, box())
    assert fresh != done
    floor.judge(ins)
    assert (floor.state(done), floor.state(fresh)) == ("rejected", "accepted")


def test_no_reviews_while_the_project_is_paused(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.answer(ann, box())
    assert floor.post(boss, "state/pause").status_code == 200
    assert_error(floor.get(ins, "review/next"), 409, "project.paused")


def test_a_deleted_answer_leaves_the_queue(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    first, second = floor.answer(ann, box(), count=2)
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE annotation SET state = 'deleted' WHERE id = :id"), {"id": first})
    assert floor.judge(ins)["annotation_id"] == str(second)
    assert floor.get(ins, "review/next").json()["review"] is None
