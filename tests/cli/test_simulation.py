"""Simulated people: what they make of a model's proposals, and how they err."""

from __future__ import annotations

from typing import Any

from tongguan.cli.simulation.people import difference, take_over


def mark(x: float, label: str = "scratches", name: str = "a") -> dict[str, Any]:
    """A box of 100 x 100 pixels."""
    return {"id": name, "kind": "box", "label": label, "x": x, "y": 0.0, "width": 100.0, "height": 100.0}


def test_a_good_proposal_is_kept_a_near_one_corrected_another_thrown_away() -> None:
    """Overlaps of 0.9, 0.6 and none; a good place of another class is corrected too."""
    mine = [mark(0, name="m1"), mark(300, name="m2"), mark(600, name="m3"), mark(900, "patches", "m4")]
    proposed = [mark(5, name="p1"), mark(325, name="p2"), mark(2000, name="p3"), mark(905, "scratches", "p4")]
    made = take_over(mine, proposed)
    assert [(label.get("origin"), label["x"], label["label"]) for label in made] == [
        ("p1", 5, "scratches"),
        ("p2", 300, "scratches"),
        (None, 600, "scratches"),
        ("p4", 900, "patches"),
    ]


def test_an_inspector_finds_wrong_missed_and_extra_boxes() -> None:
    """Each kind of difference, once."""
    right = [mark(0), mark(300), mark(600)]
    drawn = [mark(0, name="ok"), mark(300, "patches", "wrong"), mark(900, name="extra")]
    found = {(finding["type"], finding["label_id"]) for finding in difference(drawn, right, 0.6)}
    assert found == {("wrong_class", "wrong"), ("extra", "extra"), ("missed", "")}
