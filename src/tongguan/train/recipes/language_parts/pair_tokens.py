"""A prompt and an answer to it as the tokens of a language model, the same in training and in serving.

The tokenizer is a text (the content of tokenizer.json), so that it can lie inside a model's file. Its own form of a
pair is used where it has one ([CLS] prompt [SEP] answer [SEP]), else the answer follows the prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.language_parts.offline import load_part

MOST_CHARACTERS = 20_000
"""Of a prompt (its end) and of an answer (its beginning) that are made into tokens at all."""
ANSWER_SHARE = 0.75
"""Of the room that a long answer gets however long the prompt is."""
NAMES = ("ids", "kinds", "positions", "answer")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One pair. ids and kinds (0: first, 1: second text): (t,) with t >= 1. answer: (t,), 1 where a token is the
    answer's, else 0. cut: tokens of both that were left out."""

    ids: NDArray[np.int64]
    kinds: NDArray[np.int64]
    answer: NDArray[np.float32]
    cut: int

    def arrays(self) -> dict[str, NDArray[Any]]:
        """A batch of one by the names of `NAMES`: (1, t) each."""
        places = np.arange(len(self.ids), dtype=np.int64)
        return dict(zip(NAMES, (one[None] for one in (self.ids, self.kinds, places, self.answer)), strict=True))


class PairTokens:
    """Pairs to at most `length` tokens, those that the tokenizer adds included."""

    def __init__(self, tokenizer: str, length: int) -> None:
        """Raises RecipeError without the library, ValueError where the text is no tokenizer or the length too small."""
        library = load_part("tokenizers")
        try:
            self._tokenizer = library.Tokenizer.from_str(tokenizer)
        except Exception as error:
            raise ValueError(f"the tokenizer cannot be read: {str(error)[:200]}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._room = length - int(self._tokenizer.num_special_tokens_to_add(True))
        if self._room < 1:
            raise ValueError(f"{length} tokens leave no room for an answer")
        self.text, self.length = tokenizer, length

    def encode(self, prompt: str, answer: str) -> Tokens:
        """Of what is too long the prompt loses its beginning first, then the answer its end."""
        asked = self._tokenizer.encode(prompt[-MOST_CHARACTERS:], add_special_tokens=False)
        told = self._tokenizer.encode(answer[:MOST_CHARACTERS], add_special_tokens=False)
        whole = len(asked) + len(told)
        told.truncate(max(self._room - len(asked), int(self._room * ANSWER_SHARE), 1))
        asked.truncate(self._room - len(told), direction="left")
        cut = whole - len(asked) - len(told)
        pair = self._tokenizer.post_process(asked, told)
        # Where there is nothing at all, one token stands that belongs to no answer.
        ids, kinds, texts = pair.ids or [0], pair.type_ids or [0], pair.sequence_ids or [None]
        answers = np.array([one == 1 for one in texts], dtype=np.float32)
        return Tokens(np.array(ids, dtype=np.int64), np.array(kinds, dtype=np.int64), answers, cut)

    def largest(self) -> int:
        """The largest number of a token."""
        return max(self._tokenizer.get_vocab(True).values(), default=0)
