"""The process that evaluates: `python -m tongguan.evaluate.measure.child --work FOLDER --parent PID`.

Models come from people and pictures are many, so neither is opened in the worker. Pictures come on stdin, each as a
line `{"position", "size"}` and so many bytes; `{"measure": true}` asks for the figures. What was done is told on stdout
as JSON lines. The parent's end is this process's end.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tongguan.catalog.labels.registry import parse_labels
from tongguan.core.errors import TongguanError
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.verdict import Rules
from tongguan.evaluate.measure.whole import Side, measured, pictures_of
from tongguan.evaluate.measure.work import Answer, WorkFolder
from tongguan.train.recipes.base import PictureUnreadable, Predictor
from tongguan.train.recipes.folder import write_json
from tongguan.train.recipes.registry import load_predictor, recipe

NICE = 10
FAILED, ORPHANED = 1, 4


def main() -> int:
    """Answers pictures until the figures are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--parent", type=int, required=True)
    asked = parser.parse_args()
    with contextlib.suppress(OSError):
        os.nice(NICE)
    _follow_parent(asked.parent)
    folder = WorkFolder(asked.work)
    with (folder.path / "lock").open("w") as lock:
        # The process of a worker that was killed a moment ago may still be at its last picture.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _work(folder)
        except TongguanError as error:
            _say("failed", code=error.code, message=error.message, params=error.params)
            return FAILED
    return 0


def _work(folder: WorkFolder) -> None:
    predictors = {side: load_predictor(folder.model(side)) for side in folder.sides}
    kinds = {recipe(one.recipe).task for one in predictors.values()}
    if len(kinds) > 1:
        raise TongguanError("evaluation.other_task", "The champion is a model of another task.")
    answered = {side: folder.repair(side) for side in predictors}
    _say("ready", answered=sorted(set.intersection(*answered.values())))
    with contextlib.ExitStack() as files:
        out = {side: files.enter_context(folder.answers_file(side).open("ab")) for side in predictors}
        for position, content in _pictures(sys.stdin.buffer):
            for side, predictor in predictors.items():
                if position not in answered[side]:
                    out[side].write(_answer(predictor, position, content).line())
                    out[side].flush()
            _say("answered", position=position)
    thresholds = {side: predictor.threshold for side, predictor in predictors.items()}
    write_json(folder.figures_file, _measure(folder, kinds.pop(), thresholds))
    _say("measured")


def _answer(predictor: Predictor, position: int, content: bytes) -> Answer:
    try:
        return Answer(position, tuple(predictor.predict([content])[0]))
    except PictureUnreadable as error:
        return Answer(position, None, error.message)


def _pictures(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Until the figures are asked for; a stream that ends before is a parent that is gone."""
    while True:
        line = stream.readline()
        if not line:
            os._exit(ORPHANED)
        head = json.loads(line)
        if head.get("measure"):
            return
        content = stream.read(head["size"])
        if len(content) < head["size"]:
            os._exit(ORPHANED)
        yield head["position"], content


def _measure(folder: WorkFolder, task: str, thresholds: dict[str, float]) -> dict[str, Any]:
    asked = folder.task()
    items = folder.items()
    answers = {side: folder.answers(side) for side in thresholds}
    left_out, chosen = [], []
    for item in items:
        missing = [side for side in thresholds if item.position not in answers[side]]
        broken = [answers[side][item.position].unreadable for side in thresholds if side not in missing]
        reason = "missing" if missing else next(filter(None, broken), "")
        if reason:
            left_out.append({"item": item.key, "name": item.name, "reason": reason})
        else:
            chosen.append(item)
    if not chosen:
        raise TongguanError("evaluation.nothing", "No picture of the benchmark could be read.")
    sides = {
        side: Side(
            [
                Judged(
                    name=item.name,
                    path=item.key,
                    group=item.group,
                    width=item.width,
                    height=item.height,
                    truth=parse_labels(item.labels),
                    found=answers[side][item.position].marks or (),
                    brightness=item.brightness,
                    source=item.source,
                )
                for item in chosen
            ],
            threshold,
        )
        for side, threshold in thresholds.items()
    }
    rules = Rules.from_json(asked["rules"])
    found = measured(task, sides["model"], sides.get("champion"), rules, asked["overlap"])
    return {**found, "items": len(chosen), "left_out": left_out, "pictures": pictures_of(task, sides["model"], rules)}


def _follow_parent(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(ORPHANED)

    threading.Thread(target=watch, name="follow-parent", daemon=True).start()


def _say(event: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
