"""What the encoder makes of each answer, computed once: it is frozen, so that no step changes it.

The vectors lie in the run's cache as they are found, so that a killed run does not compute them again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.job import Job
from tongguan.train.recipes.language_parts.local_model import checked_folder, same_model
from tongguan.train.recipes.language_parts.offline import load_part
from tongguan.train.recipes.language_parts.pair_tokens import PairTokens
from tongguan.train.recipes.preference.features import Floats
from tongguan.train.recipes.preference.manifest import PreferenceParams
from tongguan.train.recipes.runtime import open_session

FILE = "encoded.bin"
DIGEST_BYTES = 32
COMPARED = 8

Answer = tuple[str, str]
"""A prompt and an answer to it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """content: the encoder's graph. vectors: (width,) by prompt and answer. seconds: of one answer, 0 where all were
    known. told: what the run's result says of the encoder."""

    content: bytes
    tokens: PairTokens
    width: int
    vectors: dict[Answer, Floats]
    seconds: float
    told: dict[str, Any]


def encode_answers(job: Job, params: PreferenceParams, answers: Iterable[Answer]) -> Encoded | None:
    """None without an encoder. Raises RecipeError where its folder cannot be used, Stopped."""
    if not params.encoder:
        return None
    folder = checked_folder(params.encoder, "encoder").resolve()
    same_model(job.folder.path, folder, "encoder")
    wanted = list(dict.fromkeys(answers))
    exported = load_part(f"{__package__}.encoding").export_encoder(folder, params.encoder_length, _some(wanted))
    session = open_session(exported.content, job.threads)
    inputs = {one.name for one in session.get_inputs()}
    store = _Store(job.folder.cache / FILE, exported.width)
    vectors: dict[Answer, Floats] = {}
    cut = 0
    began, computed = time.monotonic(), 0
    for at, answer in enumerate(wanted, start=1):
        job.check_stop()
        tokens = exported.tokens.encode(*answer)
        cut += tokens.cut > 0
        vector = store.get(answer)
        if vector is None:
            given = {name: value for name, value in tokens.arrays().items() if name in inputs}
            vector = session.run(None, given)[0][0]
            store.add(answer, vector)
            computed += 1
        vectors[answer] = vector
        job.report.progress(phase="encode", done=at, of=len(wanted))
    if cut:
        job.report.warn(
            "truncated",
            f"{cut} of {len(wanted)} answers are, with their prompts, longer than {exported.tokens.length} tokens: the "
            "encoder sees the end of the prompt and the beginning of the answer; raise encoder_length",
        )
    told = {
        "folder": str(folder),
        "weights": exported.weights,
        "width": exported.width,
        "length": exported.tokens.length,
        "truncated": cut,
        "difference": exported.difference,
    }
    seconds = (time.monotonic() - began) / computed if computed else 0.0
    return Encoded(exported.content, exported.tokens, exported.width, vectors, seconds, told)


def _some(answers: Sequence[Answer]) -> list[Answer]:
    """The shortest and the longest answer, and some between."""
    ordered = sorted(answers, key=lambda one: len(one[0]) + len(one[1]))
    places = np.linspace(0, len(ordered) - 1, min(COMPARED, len(ordered))).round().astype(int)
    return [ordered[at] for at in places]


class _Store:
    """A file of records: SHA-256 of prompt and answer, then the vector. What a kill left half at its end is dropped."""

    def __init__(self, file: Path, width: int) -> None:
        self._file = file
        self._known: dict[bytes, NDArray[np.float32]] = {}
        size = DIGEST_BYTES + 4 * width
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            return
        content = file.read_bytes()
        whole = len(content) - len(content) % size
        for start in range(0, whole, size):
            record = content[start : start + size]
            self._known[record[:DIGEST_BYTES]] = np.frombuffer(record[DIGEST_BYTES:], dtype="<f4").astype(np.float32)
        if whole < len(content):
            with file.open("r+b") as out:
                out.truncate(whole)

    def get(self, answer: Answer) -> Floats | None:
        """What was computed before."""
        return self._known.get(_digest(answer))

    def add(self, answer: Answer, vector: Floats) -> None:
        """Appends one."""
        with self._file.open("ab") as out:
            out.write(_digest(answer) + vector.astype("<f4").tobytes())


def _digest(answer: Answer) -> bytes:
    parts = (text.encode("utf-8", "surrogatepass") for text in answer)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
