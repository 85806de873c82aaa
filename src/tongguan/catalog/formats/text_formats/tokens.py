"""Between a text and its tokens: Chinese, Japanese and Korean stand without blanks, other words with one between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """Code points from `start` to `end` of the text."""

    start: int
    end: int


def is_wide(character: str) -> bool:
    """Whether it stands without blanks: Han, kana, hangul, and their punctuation."""
    return unicodedata.east_asian_width(character) in "WF"


def pieces(text: str, cuts: Set[int]) -> Iterator[Token]:
    """Tokens of a text: each wide character alone, other runs without white space, cut at `cuts`."""
    start = -1
    for at, character in enumerate(text):
        alone = is_wide(character)
        if start >= 0 and (character.isspace() or alone or at in cuts):
            yield Token(start, at)
            start = -1
        if alone:
            yield Token(at, at + 1)
        elif start < 0 and not character.isspace():
            start = at
    if start >= 0:
        yield Token(start, len(text))


def joined(words: list[str], said: str) -> tuple[str, list[Token]]:
    """The text of some words and where each stands.

    In `said` (a line end written as backslash and n) where that holds them in order, else with a blank between two
    words unless one is of wide characters.
    """
    if said:
        text = _ESCAPED.sub(lambda match: {"n": "\n", "r": "\r"}.get(match.group(1), match.group(1)), said)
        tokens: list[Token] = []
        at = 0
        for word in words:
            at = text.find(word, at)
            if at < 0:
                break
            tokens.append(Token(at, at + len(word)))
            at += len(word)
        else:
            return text, tokens
    # A corpus of single characters (letters too) stands without blanks.
    single = len(words) > 1 and all(len(word) == 1 for word in words) and any(is_wide(word) for word in words)
    return placed(words, lambda before, after: not single and not is_wide(before) and not is_wide(after))


def placed(words: Sequence[str], parted: Callable[[str, str], bool]) -> tuple[str, list[Token]]:
    """The text of some words and where each stands; a blank parts two where `parted` says so of the characters that
    would touch."""
    text, tokens = "", []
    for word in words:
        if text and word and parted(text[-1], word[0]):
            text += " "
        tokens.append(Token(len(text), len(text) + len(word)))
        text += word
    return text, tokens
