"""Asking the runner: kept connections, one second try, and never longer than the line can wait."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongguan.deploy.wire import frames
from tongguan.deploy.wire.address import check_folder, socket_path

KEPT = 32
# After the runner was away, calls do not wait for it again before it has been seen.
SHORT_WAIT = 0.3


class RunnerProblem(Exception):
    """Why there is no prediction; `code` is `runner.what`, the words say what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class RunnerAway(RunnerProblem):
    """The runner does not answer in time: check by hand."""


class Refused(RunnerProblem):
    """The runner will not run this model: broken, exchanged or hostile."""


class Unreadable(RunnerProblem):
    """These bytes are no picture that can be read."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model archive in the byte store and the SHA-256 that its bytes must have."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model found in one picture, with the picture's facts and the milliseconds of each part."""

    labels: list[dict[str, Any]]
    width: int
    height: int
    brightness: float
    parts: dict[str, float]
    problem: RunnerProblem | None = None


class RunnerClient:
    """Speaks with the runner of a data folder from any thread. Nothing is opened before the first question."""

    def __init__(self, data_dir: Path, wait: float = 8.0, place: Path | None = None) -> None:
        self._path = place or socket_path(data_dir)
        self._wait = wait
        self._idle: queue.LifoQueue[socket.socket] = queue.LifoQueue(KEPT)
        self._away_at = -1e9

    def predict(self, model: ModelRef, pictures: Sequence[bytes], urgent: bool = True) -> list[Answer]:
        """One answer a picture. Raises RunnerAway and Refused; an unreadable picture is a problem of its answer only.

        `urgent` questions go before those of shadow models.
        """
        sizes = [len(picture) for picture in pictures]
        head = {"ask": "predict", "key": model.key, "sha256": model.sha256, "sizes": sizes, "urgent": urgent}
        answer = self._ask(head, b"".join(pictures))
        return [_answer(one) for one in answer["answers"]]

    def status(self) -> dict[str, Any]:
        """Models held, pictures done, memory. Raises RunnerAway."""
        return self._ask({"ask": "status"}, b"")

    def load(self, model: ModelRef, wait: float = 60.0) -> dict[str, Any]:
        """Loads and checks a model: its labels and its threshold. Raises RunnerAway and Refused."""
        return self._ask({"ask": "load", "key": model.key, "sha256": model.sha256}, b"", wait)

    def close(self) -> None:
        """Closes the kept connections."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _ask(self, head: dict[str, Any], body: bytes, wait: float | None = None) -> dict[str, Any]:
        usual = self._wait if time.monotonic() - self._away_at > self._wait else SHORT_WAIT
        until = time.monotonic() + (wait or usual)
        try:
            answer = self._once(head, body, until, fresh=False)
        except (OSError, EOFError):
            self.close()  # the others belong to the same dead runner
            answer = self._again(head, body, until)
        self._away_at = -1e9
        if "problem" in answer:
            raise _problem(answer["problem"])
        return answer

    def _again(self, head: dict[str, Any], body: bytes, until: float) -> dict[str, Any]:
        """One more try, once somebody listens; the question changes nothing, so asking twice is safe."""
        try:
            return self._once(head, body, until, fresh=True)
        except (OSError, EOFError) as error:
            self._away_at = time.monotonic()
            raise RunnerAway("runner.away", "The model runner does not answer: check by hand.") from error

    def _once(self, head: dict[str, Any], body: bytes, until: float, fresh: bool) -> dict[str, Any]:
        connection = self._open(until, fresh)
        try:
            connection.settimeout(max(0.05, until - time.monotonic()))
            frames.send(connection, head, body)
            answer, _ = frames.receive(connection)
        except BaseException:
            connection.close()
            raise
        try:
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()
        return answer

    def _open(self, until: float, fresh: bool) -> socket.socket:
        if not fresh:
            try:
                return self._idle.get_nowait()
            except queue.Empty:
                pass
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                check_folder(self._path)
                connection.settimeout(max(0.05, until - time.monotonic()))
                connection.connect(str(self._path))
            except OSError:
                connection.close()
                if time.monotonic() + 0.05 > until:
                    raise
                time.sleep(0.05)
                continue
            return connection


def _answer(raw: dict[str, Any]) -> Answer:
    if "problem" in raw:
        return Answer([], 0, 0, 0.0, raw.get("parts", {}), _problem(raw["problem"]))
    return Answer(raw["labels"], raw["width"], raw["height"], raw["brightness"], raw["parts"])


def _problem(raw: dict[str, str]) -> RunnerProblem:
    kinds = {"refused": Refused, "unreadable": Unreadable, "away": RunnerAway}
    return kinds.get(raw.get("kind", ""), RunnerProblem)(raw["code"], raw["message"])
