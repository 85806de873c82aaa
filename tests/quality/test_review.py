"""The review queue: taking, accepting, rejecting, and what each means for the author."""

from __future__ import annotations

from tests.quality.floor import Floor, box


def test_an_accepted_answer_settles_its_item(floor: Floor) -> None:
    ann, ins = floor.annotator(), floor.inspector()
    [done] = floor.answer(ann, box(), box(x=80))
    review = floor.judge(ins)
    assert review["annotation_state"] == "accepted"
    assert floor.state(done) == "accepted"
    assert floor.judgements() == [("小李", "accepted", 2, "review")]
    assert floor.get(ins, "review/next").json() == {"review": None, "reason": "none_waiting"}
