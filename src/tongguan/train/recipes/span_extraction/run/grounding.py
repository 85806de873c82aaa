"""The first stage of training: fields over n-grams, one of all texts and one without each part of them.

What a field says about texts that it was not fitted to is what the networks start from, so that they learn to correct
it as they will have to for new texts (stacking, Wolpert 1992).
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.folder import write_whole
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.span_extraction.features import Seen
from tongguan.train.recipes.span_extraction.run.crf import Field, Texts, parts_of_texts
from tongguan.train.recipes.span_extraction.tags import forbidden

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
LEAST_PARTS = 12
"""Steps of a sweep over all texts, where there are so many texts."""
LEAST_SWEEPS = 3
SHARE = 0.4
"""Of the minutes: sweeps are given up beyond."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a training text by numbers. fold: the field that was not fitted to it; None: all were."""

    seen: Seen
    tags: Ints
    fold: int | None


@dataclass(frozen=True, slots=True)
class Ground:
    """The field of all texts: weights (features, tags), moves (tags + 2, tags) with what is forbidden. given: for each
    piece the scores (T, tags) of a field that was not fitted to it. moves_of: of these fields, by fold."""

    weights: Floats
    moves: Floats
    given: tuple[Floats, ...]
    moves_of: tuple[Floats, ...]

    def scores(self, seen: Seen) -> Floats:
        """Scores of a text by the field of all texts, (T, tags)."""
        table = np.concatenate([np.zeros((1, self.weights.shape[1]), dtype=np.float32), self.weights])
        out: Floats = table[seen.features].sum(axis=1)
        return out


def ground_of(job: Job, pieces: Sequence[Piece], sizes: tuple[int, int], asked: tuple[int, float]) -> Ground:
    """Fits the fields, or reads those that were fitted before a kill. asked: sweeps and penalty."""
    file = job.folder.cache / "fields.npz"
    if not file.exists():
        job.report.phase("fields")
        job.folder.cache.mkdir(exist_ok=True)
        _write(file, _fit(job, pieces, sizes, asked))
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as read:
        ends = np.cumsum([len(piece.tags) for piece in pieces])[:-1]
        given = tuple(np.split(read["given"], ends)) if pieces else ()
        return Ground(read["weights"], read["moves"], given, tuple(read["moves_of"]))


def _write(file: Path, ground: Ground) -> None:
    out = io.BytesIO()
    given = np.concatenate(ground.given)
    moves_of = np.stack(ground.moves_of)
    np.savez(out, weights=ground.weights, moves=ground.moves, given=given, moves_of=moves_of)
    write_whole(file, out.getvalue())


def _fit(job: Job, pieces: Sequence[Piece], sizes: tuple[int, int], asked: tuple[int, float]) -> Ground:
    """The field of all texts, then those without a part, as many at once as there are threads."""
    folds = sorted({piece.fold for piece in pieces if piece.fold is not None})
    every_fold: list[int | None] = [*folds] if folds else [None]
    parts: dict[int | None, list[Texts]] = {}
    for fold in every_fold:
        own = [piece for piece in pieces if piece.fold == fold]
        least = -(-LEAST_PARTS // max(1, len(folds)))
        parts[fold] = parts_of_texts([one.seen.features for one in own], [one.tags for one in own], least)
    whole = Field(_shuffled(list(parts.values())), sizes, asked[1])
    fields = {
        fold: Field(_shuffled([parts[other] for other in folds if other != fold]), sizes, asked[1]) for fold in folds
    }
    every: list[Field] = [whole, *fields.values()]
    sweeps = _sweep(job, every, asked[0])
    job.report.event("fields", sweeps=sweeps, of=len(every), features=sizes[0])
    bars = forbidden(sizes[1])
    given = [(whole if one.fold is None else fields[one.fold]).scores(one.seen.features) for one in pieces]
    moves_of = [fields.get(fold, whole).moves + bars for fold in range(max(folds, default=0) + 1)]
    return Ground(whole.weights, whole.moves + bars, tuple(given), tuple(moves_of))


def _shuffled(parts: Sequence[Sequence[Texts]]) -> list[Texts]:
    """One of each kind in turn: no kind is seen last."""
    every = [(at / len(own), kind, one) for kind, own in enumerate(parts) for at, one in enumerate(own)]
    return [one for _, _, one in sorted(every, key=lambda item: item[:2])]


def _sweep(job: Job, fields: Sequence[Field], most: int) -> int:
    """Sweeps all fields equally often; how often the minutes allow is measured once and written down."""
    file = job.folder.cache / "sweeps.json"
    planned = int(json.loads(file.read_bytes())["sweeps"]) if file.exists() else most
    done = 0
    with ThreadPoolExecutor(max(1, job.threads)) as pool:
        while done < planned:
            begun = job.clock.seconds()
            for _ in pool.map(lambda field: field.sweep(job.check_stop), fields):
                pass
            done += 1
            if done == 1 and job.budget is not None and not file.exists():
                each = job.clock.seconds() - begun
                planned = max(LEAST_SWEEPS, min(most, int(SHARE * job.budget / max(each, 1e-3))))
                write_whole(file, json.dumps({"sweeps": planned}).encode())
            job.report.progress(phase="fields", done=done, of=planned)
    return planned
