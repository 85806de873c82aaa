"""The tagger: a field over n-grams gives each tag a score, small recurrent networks correct it, chains tie the tags.

A conditional random field (Lafferty et al. 2001) with a BiLSTM-CRF (Lample et al. 2016) on top of its scores. Several
networks are trained apart; the probabilities that they and the field alone give to spans are averaged.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.span_extraction.features import UNKNOWN
from tongguan.train.recipes.span_extraction.tags import forbidden

Floats = NDArray[np.float32]
UNSEEN = 0.1
"""Share of the characters that a member does not recognise in training, so that it can meet new ones."""


class Member(nn.Module):
    """One network. sizes: of the vocabulary's characters and pairs. Before its first step it changes nothing."""

    def __init__(self, sizes: tuple[int, int], moves: Floats, width: int) -> None:
        super().__init__()
        characters, pairs = sizes
        tags = moves.shape[1]
        self.characters = nn.Embedding(characters + UNKNOWN + 1, width // 2, padding_idx=0)
        self.pairs = nn.Embedding(pairs + UNKNOWN + 1, width // 4, padding_idx=0)
        self.network = nn.LSTM(width // 2 + width // 4 + tags, width, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * width, tags)
        self.moves = nn.Parameter(torch.from_numpy(np.where(forbidden(tags) < 0, 0, moves).astype(np.float32)))
        self.share = nn.Parameter(torch.ones(1))
        # One text at a time outside of training: a fixed state, so that the exported graph makes none.
        self.register_buffer("rest", torch.zeros(2, 1, width))
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        for table in (self.characters, self.pairs):
            nn.init.normal_(table.weight, std=0.5)
            with torch.no_grad():
                table.weight[0] = 0

    def forward(self, characters: Tensor, pairs: Tensor, given: Tensor, dropout: float = 0.0) -> Tensor:
        """(B, T) twice, and the field's scores (B, T, tags) -> corrected scores (B, T, tags)."""
        if self.training:
            strange = (torch.rand(characters.shape) < UNSEEN) & (characters > 0)
            characters = torch.where(strange, UNKNOWN, characters)
        seen = torch.cat([self.characters(characters), self.pairs(pairs)], dim=2)
        seen = functional.dropout(seen, dropout, self.training)
        seen = torch.cat([seen, given.softmax(dim=2)], dim=2)
        deep: Tensor = self.out(functional.dropout(self._read(seen), dropout, self.training))
        return self.share * given + deep

    def _read(self, seen: Tensor) -> Tensor:
        read: Tensor = self.network(seen)[0] if self.training else self.network(seen, (self.rest, self.rest))[0]
        return read


class Tagger(nn.Module):
    """All members, and what no member may do."""

    def __init__(self, members: int, sizes: tuple[int, int], moves: Floats, width: int) -> None:
        super().__init__()
        self.members = nn.ModuleList(Member(sizes, moves, width) for _ in range(members))
        self.register_buffer("forbidden", torch.from_numpy(forbidden(moves.shape[1])))

    def member(self, at: int) -> Member:
        """One of them."""
        found = self.members[at]
        if not isinstance(found, Member):
            raise TypeError("a tagger is made of members")
        return found

    def moves(self, at: int) -> Tensor:
        """(tags + 2, tags): scores of a member's transitions, starts and ends, with what is forbidden."""
        moves: Tensor = self.member(at).moves + self.forbidden
        return moves


class Exported(nn.Module):
    """What serving loads: the scores of the field alone, then of all members."""

    def __init__(self, tagger: Tagger, weights: Floats, moves: Floats) -> None:
        super().__init__()
        self.members = tagger.members
        none = np.zeros((1, weights.shape[1]), dtype=np.float32)
        with torch.no_grad():
            self.table = nn.Parameter(torch.from_numpy(np.concatenate([none, weights])))
            own = [tagger.moves(at) for at in range(len(tagger.members))]
            self.moves = nn.Parameter(torch.stack([torch.from_numpy(moves), *own]))

    def forward(self, features: Tensor, characters: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """int64 (1, T, features), (1, T), (1, T) -> (1 + members, T, tags) and (1 + members, tags + 2, tags)."""
        given = functional.embedding(features, self.table).sum(dim=2)
        corrected = [one(characters, pairs, given) for one in self.members]
        return torch.cat([given, *corrected]), self.moves + 0.0


def chain_loss(scores: Tensor, moves: Tensor, tags: Tensor, there: Tensor) -> Tensor:
    """Negative log-likelihood of the true tags per character. scores (B, T, tags), tags and there (B, T)."""
    count = scores.shape[2]
    pass_, begin, end = moves[:count], moves[count], moves[count + 1]
    ahead = begin + scores[:, 0]
    for at in range(1, scores.shape[1]):
        further = torch.logsumexp(ahead[:, :, None] + pass_[None], dim=1) + scores[:, at]
        ahead = torch.where(there[:, at, None], further, ahead)
    whole = torch.logsumexp(ahead + end, dim=1)
    own = (scores.gather(2, tags[:, :, None])[:, :, 0] * there).sum(dim=1) + begin[tags[:, 0]]
    own = own + (pass_[tags[:, :-1], tags[:, 1:]] * there[:, 1:]).sum(dim=1)
    last = tags.gather(1, there.sum(dim=1, keepdim=True) - 1)[:, 0]
    return (whole - own - end[last]).sum() / there.sum()
