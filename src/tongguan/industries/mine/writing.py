"""Scenes as folders that the catalog and the recipes read: MOT tracks, detections, events, the rules, pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from tongguan.industries.mine.frames import draw_frame
from tongguan.industries.mine.scene import HEIGHT, LABELS, RATE, WIDTH, Detector, Scene, detected, make_scene


def rules_text() -> str:
    """The rules of the yard, as `video-events` reads them."""
    return (resources.files(__package__) / "rules.toml").read_text(encoding="utf-8")


def write_scenes(
    folder: Path, count: int, seed: int, seconds: float = 40.0, how: Detector | None = None, pictures: int = 0
) -> Iterator[Scene]:
    """Writes scenes and `rules.toml` into a folder, and yields each scene. pictures: every n-th frame is drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.toml").write_text(rules_text(), encoding="utf-8")
    for number in range(count):
        scene = make_scene(seed, number, seconds)
        _write(folder / scene.name, scene, how or Detector(), pictures)
        yield scene


def _write(place: Path, scene: Scene, how: Detector, pictures: int) -> None:
    for inner in ("gt", "det"):
        (place / inner).mkdir(parents=True, exist_ok=True)
        (place / inner / "labels.txt").write_text("".join(f"{name}\n" for name in LABELS), encoding="utf-8")
    number = {name: at for at, name in enumerate(LABELS, start=1)}
    truth = "".join(
        f"{frame + 1},{track},{x:.2f},{y:.2f},{width:.2f},{height:.2f},1,{number[label]},{view:.2f}\n"
        for frame, track, label, x, y, width, height, view in scene.tracks
    )
    (place / "gt" / "gt.txt").write_text(truth, encoding="utf-8")
    found = "".join(
        f"{frame + 1},-1,{x:.2f},{y:.2f},{width:.2f},{height:.2f},{score:.4f},{number[label]}\n"
        for frame, _, label, x, y, width, height, score in detected(scene, how)
    )
    (place / "det" / "det.txt").write_text(found, encoding="utf-8")
    (place / "seqinfo.ini").write_text(
        f"[Sequence]\nname={scene.name}\nimDir=img1\nframeRate={RATE:g}\nseqLength={len(scene.running)}\n"
        f"imWidth={WIDTH}\nimHeight={HEIGHT}\nimExt=.jpg\n",
        encoding="utf-8",
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["event", "start", "end"])
    writer.writerows([name, f"{start:.2f}", f"{end:.2f}"] for name, start, end in scene.happenings)
    (place / "events.csv").write_text(out.getvalue(), encoding="utf-8")
    if pictures:
        (place / "img1").mkdir(exist_ok=True)
        for frame in range(0, len(scene.running), pictures):
            (place / "img1" / f"{frame + 1:06d}.jpg").write_bytes(draw_frame(scene, frame))
