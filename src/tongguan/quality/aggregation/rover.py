"""ROVER: one text from several, word by word (Chinese: character by character).

J. G. Fiscus: A post-processing system to yield reduced word error rates: recognizer output voting error reduction
(ROVER). IEEE Workshop on Automatic Speech Recognition and Understanding (1997), 347-354.

Texts are aligned one after the other to a network of slots, each a set of weighted tokens, the empty one among them;
then each slot goes to its heaviest token. The network starts with the text that is most like the others, and takes them
in by falling likeness, so the order of the answers makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tongguan.catalog.labels.text import likeness

# A Chinese, Japanese or Korean character, a word of other letters, one other sign, or white space.
_TOKEN = re.compile(r"[⺀-鿿가-힯豈-﫿\U00020000-\U0003ffff]|[^\W⺀-鿿가-힯豈-﫿\U00020000-\U0003ffff]+|\s+|.", re.DOTALL)

Slot = dict[str, float]


def rover(texts: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """The merged text of at least one. Of equally heavy tokens the one of the most typical text wins.

    Example: `rover(["停下来", "停下来", "停上来"])` is "停下来".
    """
    trust = list(weights) if weights is not None else [1.0] * len(texts)
    liking = [sum(weight * likeness(text, other) for other, weight in zip(texts, trust, strict=True)) for text in texts]
    order = sorted(range(len(texts)), key=lambda each: (-liking[each], texts[each]))
    network: list[Slot] = [{token: trust[order[0]]} for token in _TOKEN.findall(texts[order[0]])]
    total = trust[order[0]]
    for each in order[1:]:
        network = _join(network, _TOKEN.findall(texts[each]), trust[each], total)
        total += trust[each]
    return "".join(max(slot, key=lambda token: slot[token]) for slot in network)


def _join(network: list[Slot], tokens: Sequence[str], weight: float, total: float) -> list[Slot]:
    """Aligns tokens to the network by the fewest mismatches; `total` is the weight of the texts already in it."""
    joined: list[Slot] = []
    for slot, token in _align(network, tokens):
        # A slot that is new to the network was empty in all texts before. The first one in settles ties.
        kept = dict(slot) if slot is not None else {"": total}
        kept[token] = kept.get(token, 0.0) + weight
        joined.append(kept)
    return joined


def _align(network: list[Slot], tokens: Sequence[str]) -> list[tuple[Slot | None, str]]:
    rows, columns = len(network), len(tokens)
    cost = np.zeros((rows + 1, columns + 1))
    cost[0] = np.arange(columns + 1)
    for row, slot in enumerate(network, start=1):
        skip = 0.0 if "" in slot else 1.0
        cost[row, 0] = cost[row - 1, 0] + skip
        for column, token in enumerate(tokens, start=1):
            same = 0.0 if token in slot else 1.0
            cost[row, column] = min(
                cost[row - 1, column - 1] + same, cost[row - 1, column] + skip, cost[row, column - 1] + 1
            )
    pairs: list[tuple[Slot | None, str]] = []
    row, column = rows, columns
    while row or column:
        slot = network[row - 1] if row else {}
        skip = 0.0 if "" in slot else 1.0
        if row and column and cost[row, column] == cost[row - 1, column - 1] + (tokens[column - 1] not in slot):
            row, column = row - 1, column - 1
            pairs.append((slot, tokens[column]))
        elif row and cost[row, column] == cost[row - 1, column] + skip:
            row -= 1
            pairs.append((slot, ""))
        else:
            column -= 1
            pairs.append((None, tokens[column]))
    return pairs[::-1]
