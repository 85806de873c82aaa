"""Following things: motion, association, gaps, the search for settings, and the whole recipe on made scenes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tongguan.catalog.labels.track import TrackLabel
from tongguan.catalog.labels.track.geometry import frames_in_view
from tongguan.evaluate.measure import evaluate
from tongguan.evaluate.measure.page import page
from tongguan.industries.mine.writing import write_scenes
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable, ModelRefused
from tongguan.train.recipes.search import Range
from tongguan.train.recipes.sources.registry import gather, media_of
from tongguan.train.recipes.start import Wish, open_or_continue
from tongguan.train.recipes.supervise import train_run
from tongguan.train.recipes.track_parts.detections import Detections, read_detections, write_detections
from tongguan.train.recipes.track_parts.labels import boxes_of_labels, boxes_of_tracks, labels_of
from tongguan.train.recipes.track_parts.linking import link_greedily
from tongguan.train.recipes.track_parts.params import TrackerSettings
from tongguan.train.recipes.track_parts.tracker import follow, smoothed
from tongguan.train.recipes.track_parts.tuning import tuned


def crossing(gap: range = range(0), shift: float = 0.0) -> bytes:
    """Two people who pass each other in rows above one another; frames of `gap` see neither; the camera pans."""
    lines = ["# frames=40 rate=10 width=400 height=200", "frame,label,x,y,width,height,score"]
    for frame in range(40):
        if frame not in gap:
            pan = shift * frame
            lines.append(f"{frame},person,{10 + 6 * frame + pan},50,20,40,0.9")
            lines.append(f"{frame},person,{250 - 6 * frame + pan},58,20,40,0.8")
    return "\n".join(lines).encode()


def test_two_who_cross_keep_their_tracks() -> None:
    tracks = follow(read_detections(crossing()), TrackerSettings(smooth=0))
    assert [len(track.frames) for track in tracks] == [40, 40]
    assert all(np.ptp(np.sign(np.diff(track.xywh[:, 0]))) == 0 for track in tracks), "neither turns back"


def test_a_gap_is_bridged_by_motion_or_ends_the_view() -> None:
    found = read_detections(crossing(range(8, 14)))
    tracks = follow(found, TrackerSettings(smooth=0))
    assert len(tracks) == 2
    label = labels_of(tracks, fill=10)[0]
    assert isinstance(label, TrackLabel)
    assert len(frames_in_view(label)) == 40
    assert len(frames_in_view(labels_of(tracks, fill=3)[0])) == 34  # type: ignore[arg-type]
    assert len(follow(found, TrackerSettings(smooth=0, patience=2))) == 4
    assert len(link_greedily(found)) >= 4


def test_a_camera_that_pans_is_followed() -> None:
    text = (
        crossing().decode()
        + "\n"
        + "\n".join(f"{frame},sign,{30 + 90 * at},10,16,30,0.9" for frame in range(40) for at in range(4))
    )
    jumps = np.where(np.arange(40) % 8 < 4, 0.0, 60.0)
    found = read_detections(text.encode())
    moved = found.xywh.copy()
    moved[:, 0] += jumps[found.frame]
    panned = Detections(
        found.frame, found.label, found.labels, moved, found.score, found.track, found.facts, found.attributes
    )
    assert len(follow(panned, TrackerSettings(camera=True, smooth=0))) == 6
    assert len(follow(panned, TrackerSettings(camera=False, smooth=0, patience=3))) > 6


def test_a_weak_detection_goes_on_with_a_track_but_begins_none() -> None:
    rows = ["frame,x,y,width,height,score"]
    rows += [f"{frame},{10 + frame},10,20,40,{0.9 if frame < 5 else 0.2}" for frame in range(10)]
    rows += [f"{frame},200,10,20,40,0.2" for frame in range(10)]
    tracks = follow(read_detections("\n".join(rows).encode()), TrackerSettings(least=1))
    assert [track.frames.tolist() for track in tracks] == [list(range(10))]
    assert follow(read_detections(b"frame,x,y,width,height\n"), TrackerSettings()) == []


def test_smoothing_keeps_even_motion() -> None:
    frames = np.array([0, 1, 2, 5, 6, 9])
    even = np.column_stack([frames * 3.0, frames * -1.0 + 50, np.full(6, 8.0), np.full(6, 9.0)])
    assert smoothed(frames, even, 2) == pytest.approx(even)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"frame,x,y\n1,2,3", "width"),
        (b"frame,x,y,width,height\n0,1,1,5,5\n1,a,1,5,5", "row 3"),
        (b"frame,x,y,width,height\n0.5,1,1,5,5", "row 2"),
        (b"frame,x,y,width,height\n0,1,1,-5,5", "row 2"),
        (b"1,-1,3,4", "line 1"),
        (b"0,-1,1,1,5,5,1", "row 1"),
        (b'{"predictions": [{"labels": []}]}', "answer"),
    ],
)
def test_what_is_no_detection_is_refused_by_its_row(content: bytes, words: str) -> None:
    with pytest.raises(ItemUnreadable, match=words):
        read_detections(content)


def test_every_form_is_read_and_written_back() -> None:
    table = b"frame,label,x,y,width,height,score,state\n0,truck,1,2,3,4,0.5,on\n2,person,5,6,7,8,0.25,off\n"
    one = read_detections(table)
    again = read_detections(write_detections(one))
    assert write_detections(again) == write_detections(one)
    assert again.attributes["state"] == ("on", "off")
    assert again.facts.frames == 3
    rows = read_detections(b"1,-1,1,2,3,4,50,2\n3,-1,5,6,7,8,25,1\n", ["person", "truck"])
    assert (rows.xywh.tolist(), rows.frame.tolist()) == (one.xywh.tolist(), one.frame.tolist())
    assert [rows.labels[at] for at in rows.label] == ["truck", "person"]
    assert rows.score.tolist() == [1.0, 0.5]
    marks = [{"kind": "box", "label": "truck", "x": 1, "y": 2, "width": 3, "height": 4, "score": 0.5}]
    told = {"predictions": [{"item": "b.jpg", "labels": marks}, {"item": "a.jpg", "labels": []}]}
    answer = read_detections(json.dumps(told).encode())
    assert (answer.frame.tolist(), answer.labels, answer.score.tolist()) == ([1], ("truck",), [0.5])


def test_the_search_takes_what_holds_on_other_recordings() -> None:
    space = {"a": Range(low=0, high=1), "b": Range(low=1, high=100, log=True, whole=True)}
    groups = [f"r{at}" for at in range(9)]

    def figure(found: list[float], which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
        return float(np.mean([found[at] for at in which]))

    def good(settings: dict[str, float]) -> list[float]:
        return [-((settings["a"] - 0.7) ** 2) - abs(settings["b"] - 20) / 100] * 9

    found = tuned({"a": 0.1, "b": 2}, space, 60, 0, groups, good, figure)
    assert abs(found.best["a"] - 0.7) < 0.2
    assert (found.inner or -9) > (found.first or -9)
    assert tuned({"a": 0.1, "b": 2}, space, 1, 0, groups, good, figure).best == {"a": 0.1, "b": 2}
    assert tuned({"a": 0.1, "b": 2}, space, 20, 0, ["one"] * 3, good, figure).best == {"a": 0.1, "b": 2}


def test_the_recipe_on_made_scenes(tmp_path: Path) -> None:
    data = tmp_path / "yard"
    list(write_scenes(data, 6, seed=3, seconds=8))
    settings = {"steps": 3}
    made = gather("tracking", data, "auto", settings, 0.3)
    assert made.counts()["left_out"] == 0
    folder, _ = open_or_continue(tmp_path / "run", Wish("tracking", settings, kept=0.3, threads=1), made)
    result = train_run(folder.path).result
    assert result is not None
    metrics = result["metrics"]
    assert metrics["hota"]["value"] > result["baseline"]["metrics"]["hota"]["value"] + 0.2
    assert metrics["hota"]["low"] is not None
    assert set(metrics) == {"hota", "deta", "assa", "mota", "idf1"}
    done = evaluate(folder.path, data)
    assert (done.side, done.overlap) == ("kept", 0)
    assert done.as_json()["metrics"] == metrics
    assert "hota" in page(done)
    predictor = load_predictor(folder.path)
    scene = data / made.items[0].path
    raw = predictor.predict([(scene / "det" / "det.txt").read_bytes()])[0]
    with media_of("tracking").open(data).open(made.items[0].path) as table:
        assert predictor.predict([table.read()])[0] == raw, "rows of MOT and the table say the same"
    scores = [mark.score or 0.0 for mark in raw]
    assert scores == sorted(scores, reverse=True)
    assert {mark.label for mark in raw} <= set(predictor.labels)
    model = folder.path / "model" / "tracker.json"
    model.write_bytes(model.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(ModelRefused):
        load_predictor(folder.path)


def test_labels_and_arrays_say_the_same(tmp_path: Path) -> None:
    list(write_scenes(tmp_path, 1, seed=4, seconds=6))
    with media_of("tracking").open(tmp_path).open("scene-0000") as table:
        tracks = follow(read_detections(table.read()), TrackerSettings())
    one, other = boxes_of_tracks(tracks, 10), boxes_of_labels(labels_of(tracks, 10))
    assert set(one) == set(other)
    for label, boxes in one.items():
        assert len(boxes.frame) == len(other[label].frame)
        assert np.sort(boxes.xywh[:, 0]) == pytest.approx(np.sort(other[label].xywh[:, 0]), abs=0.02)
