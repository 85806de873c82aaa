"""The loss of a language model on the written answers of conversations, one after the other or a batch at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tongguan.train.recipes.sft.run.encoding import Encoded


def summed_loss(model: Any, some: Sequence[Encoded]) -> Tensor:
    """Sum of -ln p over the learnt tokens of some conversations, in nats. Shorter ones are filled up on the right,
    where nothing before them can see it."""
    device = next(model.parameters()).device
    longest = max(len(one.ids) for one in some)
    ids = torch.zeros((len(some), longest), dtype=torch.long)
    there = torch.zeros((len(some), longest), dtype=torch.long)
    learnt = torch.zeros((len(some), longest), dtype=torch.bool)
    for row, one in enumerate(some):
        size = len(one.ids)
        ids[row, :size] = torch.tensor(one.ids)
        there[row, :size] = 1
        learnt[row, :size] = torch.tensor(one.learnt)
    logits = model(input_ids=ids.to(device), attention_mask=there.to(device), use_cache=False).logits
    wanted = learnt[:, 1:].to(device)
    return functional.cross_entropy(logits[:, :-1][wanted].float(), ids[:, 1:].to(device)[wanted], reduction="sum")


def losses_of(model: Any, encoded: Sequence[Encoded]) -> list[tuple[float, int]]:
    """(sum of nats, tokens) of each conversation, one at a time: a figure depends on its conversation alone."""
    found = []
    with torch.no_grad():
        for one in encoded:
            found.append((float(summed_loss(model, [one])) if one.count else 0.0, one.count))
    return found
