"""What the runner does with one question."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psutil

from tongguan.catalog.labels.registry import dump_labels
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import gray
from tongguan.core import failpoints
from tongguan.runner.shelf import Shelf
from tongguan.runner.turns import Turns
from tongguan.train.recipes.base import ModelRefused, PictureUnreadable, Predictor

# As in the checks of pictures: brightness means the same for all sizes.
BRIGHTNESS_SIDE = 256


class Work:
    """Answers questions; used by many connections at once."""

    def __init__(self, shelf: Shelf, turns: Turns) -> None:
        self._shelf, self._turns = shelf, turns
        # The light of a picture is measured while the model decodes and looks at it.
        self._meters = ThreadPoolExecutor(turns.places, thread_name_prefix="light")
        self._done = 0
        self._lock = threading.Lock()

    def answer(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """The answer to any question, problems included."""
        asked = head.get("ask")
        try:
            if asked == "predict":
                return self._predict(head, body)
            if asked == "load":
                model = self._shelf.get(str(head["key"]), str(head["sha256"]))
                return {"labels": list(model.labels), "threshold": model.threshold, "recipe": model.recipe}
            if asked == "status":
                return self._status()
        except ModelRefused as error:
            return {"problem": _problem("refused", error.code, error.message)}
        except (KeyError, TypeError, ValueError) as error:
            return {"problem": _problem("input", "runner.question", f"{type(error).__name__}: {error}"[:300])}
        return {"problem": _problem("input", "runner.question", f"no such question: {str(asked)[:50]}")}

    def _predict(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        urgent, sizes = bool(head.get("urgent", True)), [int(size) for size in head["sizes"]]
        if sum(sizes) != len(body) or min(sizes, default=0) < 0:
            raise ValueError("the sizes do not fit the bytes")
        began = time.perf_counter()
        model = self._shelf.get(str(head["key"]), str(head["sha256"]))
        loaded = time.perf_counter()
        answers, at = [], 0
        for size in sizes:
            answers.append(self._one(model, body[at : at + size], urgent))
            at += size
        for one in answers:
            one["parts"]["load"] = round((loaded - began) * 1000, 3)
        return {"answers": answers}

    def _one(self, model: Predictor, picture: bytes, urgent: bool) -> dict[str, Any]:
        asked = time.perf_counter()
        with self._turns.take(urgent):
            began = time.perf_counter()
            parts = {"queue": round((began - asked) * 1000, 3)}
            try:
                light = self._meters.submit(_light, picture)
                failpoints.hit("runner.predict")
                try:
                    marks = model.predict([picture])[0]
                finally:
                    modelled = time.perf_counter()
                    brightness, width, height = light.result()  # first says what is wrong with the picture itself
            except MediaProblem as error:
                return {"problem": _problem("unreadable", f"picture.{error.check}", error.detail), "parts": parts}
            except PictureUnreadable as error:
                return {"problem": _problem("unreadable", error.code, error.message), "parts": parts}
            except Exception as error:  # noqa: BLE001 (a runtime's own error: the picture gets no verdict, others go on)
                words = f"the model failed on this picture: {type(error).__name__}: {error}"[:300]
                return {"problem": _problem("failed", "runner.failed", words), "parts": parts}
            ended = time.perf_counter()
        with self._lock:
            self._done += 1
        parts |= {"model": round((modelled - began) * 1000, 3), "measure": round((ended - modelled) * 1000, 3)}
        labels = [_short(label) for label in dump_labels(marks)]
        return {"labels": labels, "width": width, "height": height, "brightness": round(brightness, 3), "parts": parts}

    def _status(self) -> dict[str, Any]:
        memory = psutil.Process().memory_info().rss
        return {"held": self._shelf.held, "pictures": self._done, "memory_mb": round(memory / 1e6, 1)}


def _light(picture: bytes) -> tuple[float, int, int]:
    """Mean of the grey picture (0 to 255), and its width and height as people see it. Raises MediaProblem."""
    small, width, height = gray(picture, BRIGHTNESS_SIDE)
    return float(np.asarray(small, dtype=np.float32).mean()), width, height


def _short(label: dict[str, Any]) -> dict[str, Any]:
    """A label without its empty fields: the log keeps one for every mark of every picture."""
    # Not `value not in ("", None, {})`: for a hundred marks that takes three times as long.
    return {name: value for name, value in label.items() if value or value == 0 or value == []}


def _problem(kind: str, code: str, message: str) -> dict[str, str]:
    return {"kind": kind, "code": code, "message": message}
