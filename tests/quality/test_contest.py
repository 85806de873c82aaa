"""Contesting a finding: withdrawn ones take their rejection back, by new rows."""

from __future__ import annotations

from typing import Any

from tests.conftest import assert_error
from tests.quality.floor import Floor, box

from tongguan.people.models import Person


def rejected(floor: Floor, author: Person, judge: Person, *, findings: int = 1) -> list[dict[str, Any]]:
    """One rejected answer; its findings as the author sees them."""
    floor.answer(author, box(), box(x=80))
    listed = [{"type": "loose_box", "severity": "minor", "note": str(n)} for n in range(findings)]
    floor.judge(judge, "reject", findings=listed)
    found: list[dict[str, Any]] = floor.get(author, "findings?person=me").json()["items"]
    return found


def test_a_withdrawn_finding_makes_the_answer_accepted(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    [finding] = rejected(floor, ann, ins)
    assert finding["item"]["thumb_url"].startswith("/files/")
    contested = floor.post(ann, f"findings/{finding['id']}/contest", {"text": "边缘就在这里"})
    assert contested.json()["state"] == "contested"
    [seen] = floor.get(other, "findings?state=contested").json()["items"]
    assert seen["mine_to_answer"] is True
    answer = floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": True, "text": "对，撤回"})
    assert answer.json()["state"] == "withdrawn"
    floor.run_jobs()
    annotation = floor.world.one("SELECT id FROM annotation")
    assert floor.state(annotation) == "accepted"
    assert floor.judgements() == [("小李", "rejected", 2, "review"), ("小李", "accepted", 2, "settle")]
    assert floor.world.one("SELECT count(*) FROM task WHERE rework_of IS NOT NULL AND state = 'open'") == 0
    quality = floor.get(ann, "quality").json()["people"][0]
    assert (quality["units"]["part"], quality["units"]["whole"]) == (2, 2)  # the rejection counts no more
    assert quality["findings"] == {}


def test_a_confirmed_finding_stays(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    [finding] = rejected(floor, ann, ins)
    floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不同意"})
    floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": False, "text": "确实松"})
    assert floor.judgements() == [("小李", "rejected", 2, "review")]
    again = floor.post(ann, f"findings/{finding['id']}/contest", {"text": "再来"})
    assert_error(again, 409, "finding.answered")


def test_all_findings_must_fall(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    found = rejected(floor, ann, ins, findings=2)
    for number, finding in enumerate(found):
        floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不对"})
        floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": True})
        assert len(floor.judgements()) == 1 + number


def test_redone_meanwhile_it_is_paid_once(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    [finding] = rejected(floor, ann, ins)
    floor.work_off(ann, box(), box(x=80))
    floor.post(ann, f"findings/{finding['id']}/contest", {"text": "不对"})
    floor.post(other, f"findings/{finding['id']}/answer", {"withdraw": True})
    floor.judge(other)
    amounts = [(row[1], row[2]) for row in floor.judgements()]
    assert amounts == [("rejected", 2), ("accepted", 0), ("accepted", 2)]


def test_a_finding_of_a_fix_gives_the_units_back(floor: Floor) -> None:
    ann, ins, other = floor.annotator(), floor.inspector(), floor.inspector("老李")
    floor.answer(ann, box(id="a"), box(id="b", x=80))
    finding = {"type": "loose_box", "severity": "minor", "label_id": "b"}
    floor.judge(ins, "fix", labels=[box(id="a"), box(id="b", x=84)], findings=[finding])
    [shown] = floor.get(ann, "findings?person=me").json()["items"]
    floor.post(ann, f"findings/{shown['id']}/contest", {"text": "原来就对"})
    answer = floor.post(other, f"findings/{shown['id']}/answer", {"withdraw": True})
    assert answer.status_code == 200, answer.text
    assert [(row[1], row[2]) for row in floor.judgements()] == [("accepted", 1), ("rejected", 1), ("accepted", 1)]


def test_who_may_contest_and_answer(floor: Floor) -> None:
    ann, ins, other, stranger = floor.annotator(), floor.inspector(), floor.inspector("老李"), floor.annotator("外人")
    [finding] = rejected(floor, ann, ins)
    path = f"findings/{finding['id']}"
    assert_error(floor.post(stranger, f"{path}/contest", {"text": "x"}), 404, "finding.not_found")
    assert_error(floor.post(other, f"{path}/answer", {"withdraw": True}), 409, "finding.not_contested")
    assert_error(floor.post(ann, f"{path}/contest", {"text": ""}), 422, "input.invalid")
    floor.post(ann, f"{path}/contest", {"text": "不对"})
    assert_error(floor.post(ins, f"{path}/answer", {"withdraw": True}), 403, "finding.own")
    assert_error(floor.post(ann, f"{path}/answer", {"withdraw": True}), 403, "auth.role")
    assert floor.get(stranger, "findings").json()["items"] == []  # others' findings are not theirs to see
    assert_error(floor.get(ins, "findings?person=nobody"), 422, "person.invalid")
    assert len(floor.get(ins, f"findings?person={ann.id}").json()["items"]) == 1
