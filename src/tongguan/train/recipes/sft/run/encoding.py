"""A conversation as tokens, and which of them are learnt: the assistant's turns, their ends included.

The text is the model's own chat template where its tokenizer has one, else a plain one. It is cut at the borders of
what is learnt and each piece is made into tokens by itself: in use too, the question ends where the answer begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from tongguan.train.recipes.base import ItemUnreadable, RecipeError

Turns = Sequence[tuple[str, str]]
PLAIN = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of a conversation and whether each is learnt. cut: tokens left out because the conversation is longer."""

    ids: tuple[int, ...]
    learnt: tuple[bool, ...]
    cut: int = 0

    @property
    def count(self) -> int:
        """How many tokens are learnt; the first of all has nothing before it to be foreseen from."""
        return sum(self.learnt[1:])


class Encoder:
    """Conversations to tokens, and tokens to text, by one tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.own_template = bool(tokenizer.chat_template)
        self.stops = frozenset(self._stops())
        if not self.stops:
            raise RecipeError(
                "model_refused", "model: its tokenizer has no token that ends a text, so that no answer would end"
            )

    def encode(self, turns: Turns, length: int) -> Encoded:
        """The whole conversation, cut to `length` tokens. Raises ItemUnreadable where the template takes no such."""
        ids: list[int] = self._begin()
        learnt = [False] * len(ids)
        for text, wanted in self._pieces(turns):
            some = self._tokens(text)
            if wanted and not self.own_template:
                some.append(int(self.tokenizer.eos_token_id))
            ids += some
            learnt += [wanted] * len(some)
        return Encoded(tuple(ids[:length]), tuple(learnt[:length]), max(0, len(ids) - length))

    def question(self, turns: Turns) -> list[int]:
        """The tokens after which the next turn of the assistant begins."""
        return [*self._begin(), *self._tokens(self._text(turns, asking=True))]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of an answer, without the tokens that only the template needs."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True)).strip()

    def _pieces(self, turns: Turns) -> Iterator[tuple[str, bool]]:
        """(text, learnt), in order. A template may rewrite earlier turns; then the last answer alone is learnt."""
        at_ = [at for at, (role, text) in enumerate(turns) if role == "assistant" and at and text.strip()]
        try:
            pieces = list(self._grown(turns, at_))
        except _Rewritten:
            try:
                pieces = list(self._grown(turns, at_[-1:]))
            except _Rewritten:
                message = "the model's template does not write a conversation in the order of its turns"
                raise ItemUnreadable("template_refused", message) from None
        yield from pieces

    def _grown(self, turns: Turns, answers: Sequence[int]) -> Iterator[tuple[str, bool]]:
        written = ""
        for at in answers:
            for text, learnt in ((self._text(turns[:at], asking=True), False), (self._text(turns[: at + 1]), True)):
                if not text.startswith(written):
                    raise _Rewritten
                yield text[len(written) :], learnt
                written = text

    def _text(self, turns: Turns, asking: bool = False) -> str:
        if not self.own_template:
            lines = [f"{PLAIN[role]}: {text.strip()}" for role, text in turns]
            return "\n\n".join([*lines, f"{PLAIN['assistant']}:"] if asking else lines)
        messages = [{"role": role, "content": text} for role, text in turns]
        try:
            text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asking)
        except (jinja2.TemplateError, TypeError, ValueError, KeyError, IndexError) as error:
            message = f"the model's template does not take it: {str(error)[:200]}"
            raise ItemUnreadable("template_refused", message) from error
        return str(text)

    def _begin(self) -> list[int]:
        """The token that begins every text, where the tokenizer sets one and no template does."""
        first = self.tokenizer.bos_token_id
        if self.own_template or first is None:
            return []
        return [int(first)] if self.tokenizer("a")["input_ids"][:1] == [first] else []

    def _tokens(self, text: str) -> list[int]:
        return [int(one) for one in self.tokenizer(text, add_special_tokens=False)["input_ids"]]

    def _stops(self) -> Iterator[int]:
        """The end of a text, and the token with which the template ends an answer."""
        if self.tokenizer.eos_token_id is not None:
            yield int(self.tokenizer.eos_token_id)
        if not self.own_template:
            return
        probe = [("user", "1"), ("assistant", "2")]
        try:
            tail = self._text(probe).rpartition("2")[2].lstrip()
        except ItemUnreadable:
            return
        added = {int(one) for one in self.tokenizer.added_tokens_decoder}
        yield from [one for one in self._tokens(tail)[:1] if one in added]


class _Rewritten(Exception):
    """The text of more turns does not begin with the text of fewer."""
