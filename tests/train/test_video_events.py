"""Rules about things in a recording: each kind of condition, hysteresis, errors with lines, and the whole recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.events import EventItem
from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure import evaluate
from tongguan.evaluate.measure.page import page
from tongguan.industries.mine.writing import rules_text, write_scenes
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.event_parts.finding import Taken, find_events, runs, scene_of, settled
from tongguan.train.recipes.event_parts.rule_file import read_rules
from tongguan.train.recipes.event_parts.rules import Condition, Rule, Rules
from tongguan.train.recipes.event_parts.scene import crossings, depth_in
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import train_run
from tongguan.train.recipes.track_parts.detections import read_detections
from tongguan.train.recipes.track_parts.recordings import detections_of, events_of, recordings
from tongguan.train.recipes.track_parts.tracker import given_tracks

HEAD = """units = "pixels"
[zones]
yard = [[100, 0], [200, 0], [200, 100], [100, 100]]
[lines]
gate = [[50, 0], [50, 100]]
"""


def table(*rows: tuple[int, int, str, float], more: str = "", high: float = 20) -> bytes:
    """Frame, track, label class, left edge; boxes of 10 x `high` that stand on y = 60, ten frames a second."""
    lines = [
        "# frames=100 rate=10 width=400 height=100",
        f"frame,track,label,x,y,width,height{',state' if more else ''}",
    ]
    lines += [f"{f},{t},{label},{x},{60 - high},10,{high}{',' + more if more else ''}" for f, t, label, x in rows]
    return "\n".join(lines).encode()


def events(content: bytes, rules: str, taken: Taken | None = None) -> list[tuple[str, float, float]]:
    found = read_detections(content)
    scene = scene_of(found, given_tracks(found), 3, read_rules(HEAD + rules))
    marks = find_events(scene, {} if taken is None else {0: taken})
    return sorted((mark.label, mark.start, mark.end) for mark in marks if isinstance(mark, IntervalLabel))


def rule(condition: str, extra: str = "", subject: str = 'subject = "person"') -> str:
    return f'[[rules]]\nevent = "e"\n{subject}\nall = [{condition}]\n{extra}\n'


WALK = [(frame, 1, "person", float(frame * 4)) for frame in range(80)]  # 40 px a second
STAND = [(frame, 2, "person", 150.0) for frame in range(20, 60)]


def test_inside_stays_and_margin() -> None:
    # The middle of the lower edge, x + 5, is inside from 100 to 200: frames 24 to 48.
    assert events(table(*WALK), rule('{inside = "yard"}')) == [("e", 2.4, 4.9)]
    assert events(table(*WALK), rule('{inside = "yard"}', "least = 3")) == []
    assert events(table(*WALK), rule('{inside = "yard"}', "margin = 8")) == [("e", 2.2, 5.1)]
    assert events(table(*WALK), rule('{inside = "yard"}'), Taken(least=2, margin=8)) == [("e", 2.2, 5.1)]


def test_moving_and_still() -> None:
    both = table(*WALK, *STAND)
    assert events(both, rule("{speed_above = 20}", "per = 'subject'")) == [("e", 0.0, 8.0)]
    assert events(both, rule("{speed_below = 20}", "per = 'subject'")) == [("e", 2.0, 6.0)]
    assert events(both, rule("{speed_above = 20}"), Taken(speed=3)) == []


def test_crossing_has_a_direction_and_a_moment() -> None:
    assert events(table(*WALK), rule('{crosses = "gate"}')) == [("e", 1.2, 1.2)]
    assert events(table(*WALK), rule('{crosses = "gate", direction = "right"}')) == [("e", 1.2, 1.2)]
    assert events(table(*WALK), rule('{crosses = "gate", direction = "left"}')) == []
    shaking = np.column_stack([49 + 2 * (np.arange(20) % 2), np.full(20, 50.0)])
    assert crossings(shaking, np.array([[50.0, 0], [50, 100]]), 3, "any") == []
    beside = np.column_stack([np.arange(40, 60.0), np.full(20, 150.0)])
    assert crossings(beside, np.array([[50.0, 0], [50, 100]]), 1, "any") == []


def test_together_near_and_how_many() -> None:
    truck = [(frame, 9, "truck", 150.0 + (frame - 30) * 2 * (frame > 30)) for frame in range(10, 60)]
    moves = rule('{inside = "yard"}, {exists = "truck", all = [{speed_above = 15}]}')
    found = events(table(*STAND, *truck), moves)
    assert len(found) == 1
    assert found[0][1] == pytest.approx(3.0, abs=0.5)
    assert events(table(*STAND), moves) == []
    assert events(table(*STAND, *truck), rule('{exists = "truck", near = 10}'))[0][2] == pytest.approx(3.6, abs=0.1)
    two = rule('{exists = "person", at_least = 2, all = [{inside = "yard"}]}', subject="")
    assert events(table(*WALK, *STAND), two) == [("e", 2.4, 4.9)]
    assert events(table(*WALK, *STAND), rule('{exists = "truck"}', subject="")) == []


def test_helmet_missing_or_on() -> None:
    heads = [(frame, 5, "helmet", 150.0) for frame in range(30, 60)]
    lines = table(*STAND).decode().split("\n") + [f"{f},{t},{label},{x + 2},38,6,5" for f, t, label, x in heads]
    both = "\n".join(lines).encode()
    assert events(both, rule('{without = "helmet", part = "top"}')) == [("e", 2.0, 3.0)]
    assert events(both, rule('{touching = "helmet", part = "top"}')) == [("e", 3.0, 6.0)]
    low = "\n".join(line.replace(",38,6,5", ",54,6,5") for line in lines).encode()
    assert events(low, rule('{touching = "helmet", part = "top"}')) == []
    assert events(low, rule('{touching = "helmet"}')) == [("e", 3.0, 6.0)]


def test_attributes_and_combinations() -> None:
    assert events(table(*STAND, more="open"), rule('{attribute = "state", is = "open"}')) == [("e", 2.0, 6.0)]
    assert events(table(*STAND, more="open"), rule('{attribute = "state", is = "shut"}')) == []
    assert events(table(*WALK), rule('{not = {inside = "yard"}}', "merge = 0")) == [("e", 0.0, 2.4), ("e", 4.9, 8.0)]
    assert events(table(*WALK), rule('{any = [{inside = "yard"}, {speed_above = 1}]}')) == [("e", 0.0, 8.0)]


def test_hysteresis() -> None:
    flicker = np.array([True] * 10 + [False] * 2 + [True] * 10 + [False] * 30 + [True] + [False] * 10)
    assert runs(settled(flicker, 8)) == [(0, 22)]
    parts = [row for row in STAND if not 35 <= row[0] < 45]
    assert len(events(table(*parts), rule('{inside = "yard"}', "merge = 0.5"))) == 2
    assert events(table(*parts), rule('{inside = "yard"}', "merge = 1.1")) == [("e", 2.0, 6.0)]


def test_one_who_is_lost_and_found_again_stays_one_event() -> None:
    renamed = [(frame, 2 if frame < 40 else 7, label, x) for frame, _, label, x in STAND]
    assert events(table(*renamed), rule('{inside = "yard"}', "per = 'subject'\nleast = 3")) == [("e", 2.0, 6.0)]
    far = [(frame, 2 if frame < 40 else 7, label, x + 30 * (frame >= 40)) for frame, _, label, x in STAND]
    assert events(table(*far), rule('{inside = "yard"}', "per = 'subject'\nleast = 3")) == []


def test_evidence_is_named() -> None:
    found = read_detections(table(*STAND))
    mark = find_events(scene_of(found, given_tracks(found), 3, read_rules(HEAD + rule('{inside = "yard"}'))), {})[0]
    assert mark.attributes == {"frames": ["20", "30", "40", "49", "59"], "tracks": ["1"]}
    assert mark.score == 1.0


def test_depth_against_a_polygon_with_a_notch() -> None:
    notched = np.array([[0.0, 0], [10, 0], [10, 10], [6, 10], [6, 4], [4, 4], [4, 10], [0, 10]])
    places = np.array([[2.0, 5], [5, 8], [5, 2], [12, 5], [0, 0]])
    assert depth_in(places, notched) == pytest.approx([2, -1, 2, -2, 0])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "no rules"),
        ("units = [", None, "TOML"),
        ('[[rules]]\nevent = "a"\n', 1, "all, any or not"),
        (HEAD + rule('{inside = "yrad"}'), 6, "no zone 'yrad'"),
        (HEAD + rule('{inside = "yard", speed_above = 1}'), 9, "braces of its own"),
        (HEAD + rule('{inside = "yard"}') + rule('{insied = "yard"}'), 14, "insied"),
        (HEAD + rule('{inside = "yard"}', "least = -1"), 10, "least"),
        (HEAD + rule('{inside = "yard"}', subject=""), 6, "without a subject"),
        ("[zones]\na = [[0, 0], [1, 1]]\n" + rule('{exists = "b"}'), 2, "zones.a"),
        (HEAD + rule("{}"), 9, "wanted is one of"),
        (HEAD + rule('{attribute = "state"}'), 9, "belong together"),
        (HEAD + rule('{inside = "yard", near = 3}'), 9, "near"),
    ],
)
def test_errors_name_the_line(text: str, line: int | None, words: str) -> None:
    with pytest.raises(UsageProblem, match=words) as caught:
        read_rules(text, "mine.toml")
    assert caught.value.message.startswith(f"mine.toml line {line}: " if line else "mine.toml: ")


def test_shares_of_a_picture_of_unknown_size_are_refused() -> None:
    found = read_detections(b"frame,track,x,y,width,height\n0,1,2,2,2,2\n")
    with pytest.raises(ItemUnreadable, match="size is not known"):
        scene_of(found, given_tracks(found), 3, read_rules(rules_text()))


def test_rules_of_the_yard_on_exact_tracks_find_what_the_script_says(tmp_path: Path) -> None:
    list(write_scenes(tmp_path, 6, seed=1, seconds=30))
    tree, rules, items = open_tree(tmp_path), read_rules(rules_text()), []
    for one in recordings(tree):
        found = detections_of(tree, replace(one, detected=None), tracks=True)
        marks = find_events(scene_of(found, given_tracks(found), 3, rules), {})
        rows = [[(m.start, m.end, m.label) for m in those] for those in (events_of(tree, one), marks)]  # type: ignore[attr-defined]
        items.append(EventItem(tuple(rows[0]), tuple(rows[1])))
    assert sum(len(one.truth) for one in items) > 30
    assert (measure(METRICS["event_f1"], items, list("abcdef"), 10).overall.value or 0) > 0.97


def test_the_recipe_on_made_scenes(tmp_path: Path) -> None:
    data = tmp_path / "yard"
    list(write_scenes(data, 6, seed=2, seconds=15))
    made = gather("video-events", data, "auto", {"steps": 3}, 0.3)
    folder, _ = open_or_continue(tmp_path / "run", Wish("video-events", {"steps": 3}, kept=0.3, threads=1), made)
    result = train_run(folder.path).result
    assert result is not None
    assert result["metrics"]["event_f1"]["value"] > 0.6
    assert result["as_written"]["metrics"]["event_f1"]["value"] is not None
    done = evaluate(folder.path, data)
    assert (done.side, done.overlap, done.as_json()["metrics"]) == ("kept", 0, result["metrics"])
    assert "event_f1" in page(done)
    predictor = load_predictor(folder.path)
    scene = data / made.items[0].path
    # Rows of MOT say neither size nor rate: they are those of the training recordings.
    marks = predictor.predict([(scene / "det" / "det.txt").read_bytes()])[0]
    assert marks
    assert all(isinstance(mark, IntervalLabel) and mark.attributes["frames"] for mark in marks)
    (data / "rules.toml").unlink()
    without = gather("video-events", data, "auto", {}, 0.3)
    other, _ = open_or_continue(tmp_path / "none", Wish("video-events", {}, kept=0.3, threads=1), without)
    with pytest.raises(RecipeError, match="no rules"):
        train_run(other.path)


def test_the_guide_names_every_field_of_the_rules() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "recipes" / "video-events.md").read_text(encoding="utf-8")
    for model in (Rules, Rule, Condition):
        for name, one in model.model_fields.items():
            assert f"`{one.alias or name}" in guide or f"{one.alias or name} = " in guide, name
