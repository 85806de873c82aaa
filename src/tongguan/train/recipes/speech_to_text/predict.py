"""The trained listener in serving: ONNX Runtime, NumPy and SciPy, nothing of the training code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS, ModelRefused
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.sounds.bands import HOP_SECONDS, Hearing, whole
from tongguan.train.recipes.speech_parts.decoding import (
    Bigrams,
    Language,
    Text,
    beam_search,
    best_path,
    placed_in_time,
    text_log,
)

SPEECH, CHARACTER = "speech", "character"
SHRINK = 4
"""Frames of the spectrogram for one of the output."""
REACH = 0.2
"""Seconds that a character lasts at most to either side of where it was heard."""
Count = Annotated[int, Field(ge=0)]


class Facts(BaseModel):
    """How a sound becomes the input and the output a text, as written into the model. bonus: see `Language`. pairs:
    (character, next, how often) in the training texts, from 1, 0 for begin and end. sentences: the only answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: int = Field(ge=1_000, le=48_000)
    bands: int = Field(ge=16, le=128)
    floor: float = Field(gt=0, le=1)
    characters: tuple[str, ...] = Field(min_length=1, max_length=50_000)
    beam: int = Field(default=12, ge=1, le=200)
    language: float = Field(default=0.0, ge=0, le=3)
    bonus: float = Field(default=0.0, ge=0, le=20)
    pairs: tuple[tuple[Count, Count, Count], ...] = Field(default=(), max_length=200_000)
    sentences: tuple[str, ...] | None = Field(default=None, max_length=50_000)

    def hearing(self) -> Hearing:
        """The same as the training code uses; sounds keep their length."""
        return Hearing(self.rate, 4, self.bands, self.floor)

    def spoken_language(self) -> Language:
        """What the beam search takes."""
        size = len(self.characters)
        pairs = {(one, two): count for one, two, count in self.pairs if max(one, two) <= size}
        number = {char: at for at, char in enumerate(self.characters, start=1)}
        only = None
        if self.sentences is not None:
            only = frozenset(tuple(number[char] for char in one) for one in self.sentences if set(one) <= set(number))
        return Language(Bigrams(pairs, size + 1), self.language, self.bonus, only)


class SpeechPredictor:
    """Contract of `Predictor` for `speech-to-text`: a segment `speech` with the text, one `character` each."""

    recipe = "speech-to-text"

    def __init__(self, session: Any, card: Card, facts: Facts) -> None:
        self._session = session
        self._facts, self._hearing, self._language = facts, facts.hearing(), facts.spoken_language()
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """WAV files -> what is said in each; nothing where no word is heard. Raises ItemUnreadable."""
        return [self._marks(self.frames(whole(content, self._hearing))) for content in contents]

    def frames(self, bands: NDArray[np.float32]) -> NDArray[np.float64]:
        """(bands, frames) -> logarithm of the probability of each character, (frames / SHRINK, 1 + characters); class 0
        is the blank."""
        given = {self._session.get_inputs()[0].name: bands[None, None]}
        logits = self._session.run(None, given)[0][0].astype(np.float64)
        high = logits.max(axis=1, keepdims=True)
        out: NDArray[np.float64] = logits - high - np.log(np.exp(logits - high).sum(axis=1, keepdims=True))
        return out

    def _text(self, frames: NDArray[np.float64]) -> Text:
        if self._facts.beam == 1 and self._language.sentences is None:
            return best_path(frames)
        return beam_search(frames, self._facts.beam, self._language)

    def _marks(self, frames: NDArray[np.float64]) -> list[LabelRecord]:
        text = self._text(frames)
        spans = placed_in_time(frames, text)
        if not spans:
            return []
        said = [self._facts.characters[one - 1] for one in text]
        times = _times(spans, len(frames))
        score = _share(math.exp(text_log(frames, text)))
        marks: list[LabelRecord] = [
            SoundSegmentLabel(label=SPEECH, start=times[0][0], end=times[-1][1], transcript="".join(said), score=score)
        ]
        for char, one, span, (start, end) in zip(said, text, spans, times, strict=True):
            sure = _share(float(np.exp(frames[span[0] : span[1], one]).max()))
            if char.strip():
                marks.append(SoundSegmentLabel(label=CHARACTER, start=start, end=end, transcript=char, score=sure))
        return sorted(marks[:MOST_MARKS], key=lambda mark: -(mark.score or 0.0))


def _times(spans: Sequence[tuple[int, int]], frames: int) -> list[tuple[float, float]]:
    """Seconds from and to of each character: up to the middle between two, and no further than `REACH`. A character
    shows in few frames, somewhere inside it."""
    step = SHRINK * HOP_SECONDS
    heard = [(first * step, last * step) for first, last in spans]
    out = []
    for at, (first, last) in enumerate(heard):
        start, end = first - REACH, last + REACH
        if at:
            start = max(start, (heard[at - 1][1] + first) / 2)
        if at + 1 < len(heard):
            end = min(end, (last + heard[at + 1][0]) / 2)
        out.append((round(max(0.0, start), 3), round(min(frames * step, end), 3)))
    return out


def _share(value: float) -> float:
    return min(1.0, max(LEAST_SCORE, round(value, 6)))


def load(model: Path, card: Card) -> SpeechPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    try:
        facts = Facts.model_validate(facts_of(session))
    except ValidationError as error:
        raise ModelRefused(
            "model_foreign", f"the model does not say how it hears: {error.errors()[0]['msg']}"
        ) from None
    predictor = SpeechPredictor(session, card, facts)
    try:
        frames = predictor.frames(np.zeros((facts.bands, 10 * SHRINK), dtype=np.float32))
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    if frames.shape != (10, 1 + len(facts.characters)) or not np.isfinite(frames).all():
        raise ModelRefused("model_shape", f"the model does not give {len(facts.characters)} characters by frame")
    return predictor
