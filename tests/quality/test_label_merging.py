"""Merging of labels: contract of every kind, known cases by hand, and the algorithms against plain references."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalog.labels.strategies import STRATEGIES
from typer.testing import CliRunner

from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.registry import LABEL_KINDS, parse_labels
from tongguan.cli.main import build
from tongguan.quality.aggregation.bradley_terry import strengths
from tongguan.quality.aggregation.labels.merge import METHODS, Answer, MergedAnswers, merge
from tongguan.quality.aggregation.labels.raster import Grid, fill, outlines
from tongguan.quality.aggregation.median import weighted_median
from tongguan.quality.aggregation.rover import rover
from tongguan.quality.aggregation.staple import staple


def answers(kind: str, people: dict[str, list[dict[str, Any]]], task: str = "t") -> list[Answer]:
    return [
        Answer(task, worker, parse_labels([{"kind": kind, "label": "a", **one} for one in labels]))
        for worker, labels in people.items()
    ]


def only(merged: MergedAnswers) -> Any:
    (task,) = merged.tasks
    (label,) = task.labels
    return label


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_people_who_agree_are_believed(kind: str) -> None:
    example = dict(LABEL_KINDS[kind].example)
    merged = merge([Answer("t", worker, parse_labels([example])) for worker in ("ann", "bo", "cy")], kind)
    (task,) = merged.tasks
    found = [label for label in task.labels if label.kind == kind]
    (label,) = found
    least = 0.95 if kind == "polygon" else 0.999  # an outline is drawn again over a grid
    assert LABEL_KINDS[kind].agreement(label, parse_labels([example])[0]) >= least
    assert task.confidence == pytest.approx(1)
    assert merged.skill["ann"] >= least
    assert merged.method == METHODS[kind].id


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_order_of_the_answers_makes_no_difference(kind: str) -> None:
    @settings(max_examples=6, deadline=None)
    @given(st.lists(st.lists(STRATEGIES[kind], max_size=2), min_size=1, max_size=4))
    def check(people: list[list[Any]]) -> None:
        given_ = [
            Answer(
                "t",
                f"w{number}",
                tuple(label.model_copy(update={"label": "a", "id": f"{n}"}) for n, label in enumerate(labels)),
            )
            for number, labels in enumerate(people)
        ]
        merged = merge(given_, kind)
        again = merge(given_[::-1], kind)
        assert merged.tasks == again.tasks
        assert all(0 <= value <= 1 + 1e-9 for value in merged.skill.values())
        assert all(label.score is not None and label.score <= 1 for label in merged.tasks[0].labels)

    check()


def test_boxes_are_averaged_and_a_lone_one_is_dropped() -> None:
    box = {"y": 10, "width": 30, "height": 20}
    people = {"ann": [{"x": 10, **box}], "bo": [{"x": 12, **box}], "cy": [{"x": 11, **box}, {"x": 90, **box}]}
    label = only(merge(answers("box", people), "box"))
    assert label.x == pytest.approx(11, abs=0.3)
    assert (label.y, label.width, label.height) == pytest.approx((10, 30, 20))
    assert label.score == pytest.approx(1)


def test_half_the_people_is_a_tie() -> None:
    people = {"ann": [{"x": 10, "y": 10, "width": 30, "height": 20}], "bo": []}
    first = merge(answers("box", people), "box")
    assert len(first.tasks[0].labels) in (0, 1)
    nobody = merge(answers("box", {"ann": [], "bo": []}), "box")
    assert nobody.tasks[0].confidence == 1
    assert nobody.tasks[0].labels == ()


def test_a_turned_box_is_the_same_by_any_of_its_sides() -> None:
    people = {
        "ann": [{"cx": 50, "cy": 50, "width": 40, "height": 10, "angle": 10}],
        "bo": [{"cx": 50, "cy": 50, "width": 10, "height": 40, "angle": 102}],
        "cy": [{"cx": 50, "cy": 50, "width": 40, "height": 10, "angle": -171}],
    }
    label = only(merge(answers("rotated_box", people), "rotated_box"))
    assert (label.width, label.height, label.angle) == pytest.approx((40, 10, 10.3), abs=0.5)


def test_masks_by_staple_leave_out_one_persons_slip() -> None:
    picture = np.zeros((60, 80), dtype=bool)
    picture[10:40, 20:60] = True
    slip = picture.copy()
    slip[10:40, 60:75] = True
    counts = [rle.compress(rle.encode(each)) for each in (picture, picture, slip)]
    people = {f"w{n}": [{"size": [60, 80], "counts": each}] for n, each in enumerate(counts)}
    assert only(merge(answers("mask", people), "mask")).counts == counts[0]


def test_polygons_keep_their_hole() -> None:
    ring = [[10.0, 10.0], [90.0, 10.0], [90.0, 90.0], [10.0, 90.0]]
    hole = [[40.0, 40.0], [60.0, 40.0], [60.0, 60.0], [40.0, 60.0]]
    people: dict[str, list[dict[str, Any]]] = {
        name: [{"points": [[x + off, y] for x, y in ring], "holes": [hole]}]
        for name, off in (("ann", 0), ("bo", 1), ("cy", -1))
    }
    label = only(merge(answers("polygon", people), "polygon"))
    assert len(label.holes) == 1
    right = parse_labels([{"kind": "polygon", "label": "a", "points": ring, "holes": [hole]}])[0]
    assert LABEL_KINDS["polygon"].agreement(label, right) > 0.97


def test_spans_by_the_majority_of_code_points() -> None:
    people: dict[str, list[dict[str, Any]]] = {
        "ann": [{"start": 3, "end": 5}],
        "bo": [{"start": 3, "end": 6}],
        "cy": [{"start": 3, "end": 5, "text": "小明"}],
    }
    label = only(merge(answers("span", people), "span"))
    assert (label.start, label.end, label.text) == (3, 5, "小明")


def test_transcripts_by_rover_and_ends_by_the_median() -> None:
    texts = {"ann": "把传送带停下来", "bo": "把传送袋停下来", "cy": "把传送带停上来"}
    people = {n: [{"start": 1 + 0.1 * k, "end": 3, "transcript": t}] for k, (n, t) in enumerate(texts.items())}
    label = only(merge(answers("sound_segment", people), "sound_segment"))
    assert (label.transcript, label.start) == ("把传送带停下来", pytest.approx(1.1))
    assert rover(["the cat sat", "the cat sad", "a cat sat"]) == "the cat sat"
    assert rover(["abc"]) == "abc"
    assert rover(["", ""]) == ""


def test_tracks_fuse_frame_by_frame() -> None:
    def track(shift: float) -> dict[str, Any]:
        box = {"kind": "box", "y": 0, "width": 20, "height": 20}
        keys = [{"frame": 0, "shape": {**box, "x": shift}}, {"frame": 10, "shape": {**box, "x": 40 + shift}}]
        return {"keyframes": keys}

    label = only(merge(answers("track", {"ann": [track(0)], "bo": [track(1)], "cy": [track(2)]}), "track"))
    assert [key.frame for key in label.keyframes] == [0, 10]
    assert label.keyframes[1].shape.x == pytest.approx(41, abs=0.2)


def test_relations_are_found_though_ids_differ() -> None:
    given_ = []
    for worker, ids in (("ann", "xy"), ("bo", "pq"), ("cy", "kl")):
        labels: list[dict[str, Any]] = [
            {"kind": "span", "label": "PER", "start": 0, "end": 2, "id": ids[0]},
            {"kind": "span", "label": "ORG", "start": 4, "end": 8, "id": ids[1]},
            {"kind": "relation", "label": "works_for", "source": ids[0], "target": ids[1]},
        ]
        given_.append(Answer("t", worker, parse_labels(labels)))
    found: list[Any] = list(merge(given_, "relation").tasks[0].labels)
    *spans, relation = found
    by_id = {span.id: span.label for span in spans}
    assert (by_id[relation.source], by_id[relation.target]) == ("PER", "ORG")


def test_statements() -> None:
    scores = {"ann": [{"value": 4}], "bo": [{"value": 4}], "cy": [{"value": 1}]}
    assert only(merge(answers("rating", scores), "rating")).value == 4
    grades = {n: [{"label": f"g{g}", "grade": g, "grades": 4}] for n, g in (("ann", 1), ("bo", 2), ("cy", 2))}
    assert only(merge(answers("class", grades), "class")).label == "g2"
    orders = {"ann": [["x"], ["y"], ["z"]], "bo": [["x"], ["z"], ["y"]], "cy": [["x"], ["y"], ["z"]]}
    people = {name: [{"order": order}] for name, order in orders.items()}
    assert only(merge(answers("ranking", people), "ranking")).order == (("x",), ("y",), ("z",))
    pair = {"ann": ("p", "q", "first"), "bo": ("q", "p", "second"), "cy": ("p", "q", "second")}
    pairs = {n: [{"first": f, "second": s, "choice": c}] for n, (f, s, c) in pair.items()}
    label = only(merge(answers("preference", pairs), "preference"))
    assert (label.first, label.choice) == ("p", "first")
    cells = {n: [{"row": 3, "column": "OT", "value": v}] for n, v in (("ann", "1"), ("bo", "1"), ("cy", "7"))}
    assert only(merge(answers("cell", cells), "cell")).value == "1"


def test_weighted_median() -> None:
    assert weighted_median([1, 2, 5]) == 2
    assert weighted_median([1, 2]) == 1.5
    assert weighted_median([1, 2, 9], [1, 1, 5]) == 9
    draw = random.Random(0)
    for _ in range(50):
        values = [draw.random() for _ in range(draw.randint(1, 9))]
        assert weighted_median(values) == pytest.approx(float(np.median(values)))


def test_bradley_terry_is_the_maximum_of_the_likelihood() -> None:
    wins = np.array([[0, 5, 7, 3], [2, 0, 6, 4], [1, 3, 0, 5], [2, 1, 2, 0]], dtype=float)
    found = strengths(wins, prior=0)

    def likelihood(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        share = values[:, None] / (values[:, None] + values[None])
        return float((wins * np.log(share)).sum())

    assert found.sum() == pytest.approx(1)
    for i, factor in itertools.product(range(4), (0.99, 1.01)):
        moved = found.copy()
        moved[i] *= factor
        assert likelihood(moved) < likelihood(found)


def plain_staple(inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], rounds: int) -> list[float]:
    """STAPLE as the paper writes it, pixel by pixel and person by person."""
    pixels, people = inside.shape
    prior = float(inside.mean())
    p, q = [0.99] * people, [0.99] * people
    weights = [0.0] * pixels
    for _ in range(rounds):
        for i in range(pixels):
            a, b = prior, 1 - prior
            for j in range(people):
                a *= p[j] if inside[i, j] else 1 - p[j]
                b *= 1 - q[j] if inside[i, j] else q[j]
            weights[i] = a / (a + b)
        for j in range(people):
            p[j] = sum(w for w, d in zip(weights, inside[:, j], strict=True) if d) / sum(weights)
            q[j] = sum(1 - w for w, d in zip(weights, inside[:, j], strict=True) if not d) / sum(1 - w for w in weights)
    return weights


def test_staple_equals_the_paper() -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(400) < 0.3
    inside = np.stack([truth ^ (rng.random(400) < wrong) for wrong in (0.05, 0.1, 0.3)], axis=1)
    found = staple(inside, np.ones(400), iterations=40, tolerance=0)
    assert found.posterior == pytest.approx(plain_staple(inside, 40), abs=1e-6)
    assert found.sensitivity[0] > found.sensitivity[2]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_outlines_hold_the_cells_that_they_go_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = np.kron(rng.random((4, 5)) < 0.5, np.ones((6, 6), dtype=bool)).astype(bool)
    grid = Grid(3.0, 4.0, 1.0, *cells.shape)
    rings = outlines(cells, grid)
    if cells.any():
        assert np.array_equal(fill(rings, grid), cells)
    else:
        assert rings == []


def test_command(tmp_path: Path) -> None:
    box = {"x": 10, "y": 10, "width": 30, "height": 20, "label": "划痕"}
    lines = [{"task": "a.jpg", "worker": w, "labels": [box]} for w in ("ann", "bo")]
    lines += [{"task": "a.jpg", "worker": "ann", "labels": []}, {"task": "a.jpg", "worker": "cy", "labels": [{"x": 1}]}]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    done = CliRunner().invoke(build("aggregate"), ["aggregate", str(path), "--kind", "box", "--json"])
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    assert (said["kind"], said["method"], said["refused_count"]) == ("box", "weighted-boxes-fusion", 2)
    assert said["tasks"][0]["labels"][0]["label"] == "划痕"
    assert {one["column"] for one in said["refused"]} == {"worker", "labels.0.box.y"}
    path.write_text(json.dumps([{"task": "1", "worker": w, "label": "猫"} for w in "abc"]), encoding="utf-8")
    said = json.loads(
        CliRunner().invoke(build("aggregate"), ["aggregate", str(path), "--method", "mace", "--json"]).stdout
    )
    assert said["tasks"][0]["label"] == "猫"
    for wrong in (["--kind", "nothing"], ["--kind", "box", "--method", "mace"], ["--kind", "box", "--columns", "a=b"]):
        assert CliRunner().invoke(build("aggregate"), ["aggregate", str(path), *wrong]).exit_code == 2
