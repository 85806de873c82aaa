"""An answer to a prompt as numbers, the same in training and in serving: weighted n-grams, and a few plain facts.

The n-grams say what an answer sounds like; the plain facts say how it stands to its prompt: does it speak of the same
things, are its numbers those of the question, how long is it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.characters import normal, types
from tongguan.train.recipes.language_parts.grams import LONGEST, Grams, Weighed, together

PLAIN = (
    "characters",
    "digits",
    "punctuation",
    "latin",
    "numbers",
    "numbers_of_prompt",
    "other_numbers",
    "prompt_numbers_told",
    "pairs_of_prompt",
    "prompt_pairs_told",
    "ends_whole",
    "questions",
    "lines",
    "repeats",
)
"""The plain facts of an answer, in order; `plain_facts` says what each is."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ENDS = ("。", "！", "？", ".", "!", "?", "”", "」", "…")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer as the model takes it. plain: (len(PLAIN),). encoded: (width,), what an encoder makes of prompt and
    answer, where the model was given one."""

    grams: Weighed
    plain: Floats
    encoded: Floats | None = None


def plain_facts(prompt: str, answer: str) -> Floats:
    """(len(PLAIN),): logarithms of counts, and shares between 0 and 1.

    The share of nothing is 0, so that an answer without numbers has no wrong ones.
    """
    asked, told = prompt[:LONGEST], answer[:LONGEST]
    kinds = types(told)
    size = max(1, len(told))
    numbers, wanted = _NUMBER.findall(_digits(told)), set(_NUMBER.findall(_digits(asked)))
    own, theirs = _twos(told), _twos(asked)
    shared = len(set(own) & set(theirs))
    threes = [told[at : at + 3] for at in range(len(told) - 2)]
    values = (
        math.log1p(len(answer)),
        kinds.count("d") / size,
        kinds.count("p") / size,
        kinds.count("a") / size,
        math.log1p(len(numbers)),
        _share(sum(one in wanted for one in numbers), len(numbers)),
        math.log1p(sum(one not in wanted for one in numbers)),
        _share(len(wanted & set(numbers)), len(wanted)),
        _share(shared, len(set(own))),
        _share(shared, len(set(theirs))),
        float(told.rstrip().endswith(_ENDS)),
        math.log1p(told.count("？") + told.count("?")),
        math.log1p(told.count("\n")),
        1 - _share(len(set(threes)), len(threes)) if threes else 0.0,
    )
    return np.array(values, dtype=np.float32)


def _digits(text: str) -> str:
    """Full width as half width, whatever else stands there."""
    return text.translate({0xFF10 + at: str(at) for at in range(10)} | {0xFF0E: "."})


def _twos(text: str) -> list[str]:
    plain = "".join("".join(normal(text)).split())
    return [plain[at : at + 2] for at in range(len(plain) - 1)]


def _share(over: int, under: int) -> float:
    return over / under if under else 0.0


def seen(grams: Grams, prompt: str, answer: str, encoded: Floats | None = None) -> Seen:
    """One answer to a prompt."""
    return Seen(grams.weigh(answer), plain_facts(prompt, answer), encoded)


def stacked(answers: Sequence[Seen]) -> tuple[NDArray[Any], ...]:
    """Several answers as one batch: numbers and weights of n-grams (n, longest), plain facts (n, len(PLAIN)), and what
    an encoder made of them (n, width) where they hold it."""
    encoded = [one.encoded for one in answers if one.encoded is not None]
    numbers, weights = together([one.grams for one in answers])
    return (numbers, weights, np.stack([one.plain for one in answers]), *([np.stack(encoded)] if encoded else []))
