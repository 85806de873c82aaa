"""From probabilities by frame to a text: best path, prefix beam search with a bigram and a list of sentences, times.

Connectionist temporal classification: Graves et al. (2006). Prefix beam search with a language model: Hannun et al.
(2014), "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs". Class 0 is the
blank; text is a row of classes from 1.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Text = tuple[int, ...]
NEVER = -math.inf
LEAST = -9.0
"""Logarithm of the probability of a class in a frame below which a beam does not follow it."""
END = 0
"""In bigrams: the begin and the end of a text."""


def best_path(frames: Floats) -> Text:
    """Log probabilities (frames, classes) -> the text of the likeliest class of each frame (greedy)."""
    best = frames.argmax(axis=1)
    return tuple(int(one) for at, one in enumerate(best) if one and (at == 0 or best[at - 1] != one))


class Bigrams:
    """Probability of a class after another, from counts: relative frequency and, for what was not seen, that of the
    class alone (Witten and Bell 1991)."""

    def __init__(self, pairs: Mapping[tuple[int, int], int], classes: int) -> None:
        self._pairs = pairs
        self._alone = np.ones(classes)
        self._before: Counter[int] = Counter()
        self._kinds: Counter[int] = Counter()
        for (one, two), count in pairs.items():
            self._alone[two] += count
            self._before[one] += count
            self._kinds[one] += 1
        self._alone /= self._alone.sum()

    def log(self, one: int, two: int) -> float:
        """Logarithm of the probability of `two` after `one`."""
        kinds = self._kinds[one]
        share = (self._pairs.get((one, two), 0) + kinds * self._alone[two]) / (self._before[one] + kinds or 1)
        return math.log(share) if share > 0 else math.log(self._alone[two])


def counted(texts: Iterable[Text]) -> Counter[tuple[int, int]]:
    """Pairs of neighbours, with `END` at both ends."""
    pairs: Counter[tuple[int, int]] = Counter()
    for text in texts:
        row = (END, *text, END)
        pairs.update(pairwise(row))
    return pairs


@dataclass(frozen=True, slots=True)
class Language:
    """What may be said. weight: of the bigrams, 0 for none. bonus: logarithm that each character is given, against the
    bigrams' liking for short texts. sentences: the only ones that are allowed; None for any."""

    bigrams: Bigrams
    weight: float
    bonus: float
    sentences: frozenset[Text] | None = None


def beam_search(frames: Floats, beam: int, language: Language) -> Text:
    """The text with the best sum of sound and language; (frames, classes) log probabilities."""
    starts = _starts(language.sentences)
    beams: dict[Text, tuple[float, float]] = {(): (0.0, NEVER)}
    for row in frames:
        classes = [int(one) for one in np.flatnonzero(row[1:] > LEAST) + 1]
        found: defaultdict[Text, list[float]] = defaultdict(lambda: [NEVER, NEVER])
        for text, (blank, voiced) in beams.items():
            own = found[text]
            own[0] = _add(own[0], _add(blank, voiced) + row[0])
            if text:
                own[1] = _add(own[1], voiced + row[text[-1]])
            for one in classes:
                longer = (*text, one)
                if starts is not None and longer not in starts:
                    continue
                before = blank if text and text[-1] == one else _add(blank, voiced)
                said = before + row[one] + _word(language, text, one)
                found[longer][1] = _add(found[longer][1], said)
        kept = sorted(found.items(), key=lambda pair: (-_add(*pair[1]), pair[0]))[:beam]
        beams = {text: (scores[0], scores[1]) for text, scores in kept}
    allowed = language.sentences
    done = {
        text: _add(*scores) + _word(language, text, END)
        for text, scores in beams.items()
        if allowed is None or not text or text in allowed
    }
    return min(done, key=lambda text: (-done[text], text), default=())


def _word(language: Language, text: Text, one: int) -> float:
    if not language.weight:
        return 0.0
    return language.weight * language.bigrams.log(text[-1] if text else END, one) + (language.bonus if one else 0.0)


def _starts(sentences: frozenset[Text] | None) -> frozenset[Text] | None:
    if sentences is None:
        return None
    return frozenset(one[:size] for one in sentences for size in range(1, len(one) + 1))


def _add(one: float, two: float) -> float:
    """Logarithm of the sum."""
    high, low = (one, two) if one > two else (two, one)
    return high if low == NEVER else high + math.log1p(math.exp(low - high))


def text_log(frames: Floats, text: Sequence[int]) -> float:
    """Logarithm of the probability of a text given the sound, over all ways to place it; -inf where it does not fit."""
    states = np.zeros(2 * len(text) + 1, dtype=np.int64)
    states[1::2] = text
    skips = _skips(states)
    scores = np.full(len(states), NEVER)
    scores[0] = 0.0
    for row in frames:
        scores = np.logaddexp.reduce(_ways(scores, skips), axis=0) + row[states]
    return float(np.logaddexp.reduce(scores[-2:]))


def placed_in_time(frames: Floats, text: Sequence[int]) -> list[tuple[int, int]]:
    """First and last frame (excluded) of each character on the likeliest way to place a text. Empty where the text is
    empty or longer than the sound."""
    if not text:
        return []
    states = np.zeros(2 * len(text) + 1, dtype=np.int64)
    states[1::2] = text
    skips = _skips(states)
    scores = np.full(len(states), NEVER)
    scores[:2] = frames[0][states[:2]]
    came = np.zeros((len(frames), len(states)), dtype=np.int64)
    for at in range(1, len(frames)):
        ways = _ways(scores, skips)
        came[at] = ways.argmax(axis=0)
        scores = ways.max(axis=0) + frames[at][states]
    state = len(states) - 1 if scores[-1] >= scores[-2] else len(states) - 2
    if scores[state] == NEVER:
        return []
    path = [state]
    for at in range(len(frames) - 1, 0, -1):
        state -= int(came[at, state])
        path.append(state)
    path.reverse()
    spans = []
    for number in range(len(text)):
        there = [at for at, state in enumerate(path) if state == 2 * number + 1]
        spans.append((there[0], there[-1] + 1))
    return spans


def _skips(states: NDArray[np.int64]) -> NDArray[np.bool_]:
    """States that may follow the one before the last: characters other than the last character."""
    skips = np.zeros(len(states), dtype=bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    return skips


def _ways(scores: Floats, skips: NDArray[np.bool_]) -> Floats:
    """(3, states): scores of staying, of coming from the state before, and of leaving one out."""
    ways = np.full((3, len(scores)), NEVER)
    ways[0] = scores
    ways[1, 1:] = scores[:-1]
    ways[2, 2:] = np.where(skips[2:], scores[:-2], NEVER)
    return ways
