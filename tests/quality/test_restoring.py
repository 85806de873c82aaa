"""Earlier versions that are brought back, and answers that are undeleted: nothing is accepted unseen."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from tests.quality.conftest import MakeFloor
from tests.quality.floor import Floor, box
from tests.quality.test_overlap import both_answer, settled

from tongguan.annotate.interface import add_revision
from tongguan.core import failpoints
from tongguan.core.database import Session

SOME = {"review_share": {"1": 0.1}}


def bring_back(floor: Floor, annotation_id: UUID, revision: int | None = None) -> str:
    """A trainer restores an answer, or an earlier version of it; delivers events. Returns the state."""
    trainer = floor.world.person("师傅", 4, roles=("trainer",))
    body = {} if revision is None else {"revision": revision}
    answer = floor.post(trainer, f"annotations/{annotation_id}/restore", body)
    assert answer.status_code == 200, answer.text
    floor.run_jobs()
    return str(answer.json()["state"])


def correct(session: Session, annotation_id: UUID, by: UUID) -> None:
    """Somebody writes a second version of an answer."""
    add_revision(session, annotation_id, 1, by, [box(x=150)], False, "fix")


def redone(floor: Floor) -> UUID:
    """An accepted answer of two versions, both accepted."""
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    [done] = floor.answer(ann, box(x=10))
    floor.judge(ins)
    floor.post(boss, "rework", {"annotation_ids": [str(done)], "cause": "own"})
    floor.work_off(ann, box(x=60), box(x=120))
    floor.judge(ins)
    return done


def test_an_earlier_version_of_an_accepted_answer_is_reviewed_again(floor: Floor) -> None:
    done = redone(floor)
    item = floor.world.one("SELECT item_id FROM annotation")
    assert settled(floor) == [(item, done)]
    assert bring_back(floor, done, 1) == "submitted"
    assert settled(floor) == []
    assert floor.world.one("SELECT label_state FROM item WHERE id = :id", id=item) == "submitted"
    ins = floor.inspector("新质检")
    review = floor.next_review(ins)
    assert (review["revision"], review["labels"][0]["x"], review["lot"], review["rework"]) == (3, 10, None, True)
    assert floor.post(ins, f"review/{review['id']}/judge", {"verdict": "accept"}).status_code == 200
    assert settled(floor) == [(item, done)]
    # paid once, with its first acceptance
    assert [row[1:3] for row in floor.judgements(done)] == [("accepted", 1), ("rework_own", 2), ("rework_own", 1)]


def test_who_brought_a_version_back_does_not_review_it(floor: Floor) -> None:
    done = redone(floor)
    trainer = floor.world.person("师傅", 4, roles=("trainer",))
    assert floor.post(trainer, f"annotations/{done}/restore", {"revision": 1}).status_code == 200
    floor.run_jobs()
    assert floor.get(trainer, "review/next").json()["review"] is None


def test_rejected_it_goes_back_to_its_author(floor: Floor) -> None:
    done = redone(floor)
    bring_back(floor, done, 1)
    floor.judge(floor.inspector("新质检"), "reject")
    assert floor.state(done) == "rejected"
    [author] = [person for person in floor.world.people if person.name == "小李"]
    assert floor.world.work(author).rework is not None


def test_a_version_brought_back_inside_a_lot_does_not_pass_with_the_rest(make_floor: MakeFloor) -> None:
    floor = make_floor(quality=SOME)
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    done = floor.answer(ann, box(), count=10)
    with floor.world.database.transaction(floor.world.org_id, boss.id) as session:
        correct(session, done[0], boss.id)
    assert bring_back(floor, done[0], 1) == "submitted"
    floor.close_lots(boss)
    [lot] = floor.lots(boss)
    assert (lot["size"], lot["drawn"]) == (9, 1)
    assert floor.judge_all(ins) == 2
    assert {floor.state(each) for each in done} == {"accepted"}
    via = floor.world.rows("SELECT via FROM judgement WHERE annotation_id = :id", id=done[0])
    assert [row.via for row in via] == ["review"]
    assert floor.lots(boss)[0]["state"] == "accepted"


def test_an_undeleted_accepted_answer_is_accepted_as_before(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    [done] = floor.answer(ann, box())
    floor.judge(ins)
    for reopen in (False, True):
        gone = floor.client.as_(boss).delete(floor.url(f"annotations/{done}?reopen={str(reopen).lower()}"))
        assert gone.status_code == 200
        floor.run_jobs()
        assert settled(floor) == []
        assert bring_back(floor, done) == "accepted"
        assert [annotation for _, annotation in settled(floor)] == [done]
        assert floor.world.one("SELECT state FROM task") == "settled"
    assert floor.get(ins, "review/next").json()["review"] is None
    assert floor.judgements(done) == [("小李", "accepted", 1, "review")]  # paid once


def test_undeleted_and_brought_back_at_once(floor: Floor) -> None:
    done = redone(floor)
    boss = floor.world.people[2]
    assert floor.client.as_(boss).delete(floor.url(f"annotations/{done}")).status_code == 200
    assert bring_back(floor, done, 1) == "submitted"
    assert floor.next_review(floor.inspector("新质检"))["revision"] == 3


def test_an_answer_undeleted_while_it_waited_is_reviewed_at_once(floor: Floor) -> None:
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    [done] = floor.answer(ann, box())
    assert floor.client.as_(boss).delete(floor.url(f"annotations/{done}")).status_code == 200
    floor.close_lots(boss)
    assert floor.get(ins, "review/next").json()["review"] is None
    assert bring_back(floor, done) == "submitted"
    floor.judge(ins)
    assert floor.state(done) == "accepted"


def test_one_of_several_answers_waits_for_the_others(floor: Floor) -> None:
    one, two, ins = floor.annotator("甲"), floor.annotator("乙"), floor.inspector()
    _, a, _ = both_answer(floor, one, two, [box()], [box(x=120)])
    with floor.world.database.transaction(floor.world.org_id, ins.id) as session:
        correct(session, a, ins.id)
    bring_back(floor, a, 1)
    assert floor.get(floor.inspector("新质检"), "review/next").json()["review"] is None
    assert len(floor.get(ins, "disagreements").json()["items"]) == 1


def test_a_broken_delivery_is_made_up_for(floor: Floor) -> None:
    done = redone(floor)
    trainer = floor.world.person("师傅", 4, roles=("trainer",))
    failpoints.arm("quality.restored=error")
    assert floor.post(trainer, f"annotations/{done}/restore", {"revision": 1}).status_code == 200
    with pytest.raises(failpoints.FailpointError):
        floor.run_jobs()
    failpoints.arm("")
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind = 'annotation.restored'"))
    floor.run_jobs()
    assert floor.next_review(floor.inspector("新质检"))["revision"] == 3
