"""The tagger: weights of n-grams and a small recurrent network score tags together, a chain ties neighbouring tags.

Wide and deep (Cheng et al. 2016) under a conditional random field (Lafferty et al. 2001; Lample et al. 2016). Several
members are trained apart; the probabilities that they give to spans are averaged.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.span_extraction.features import UNKNOWN
from tongguan.train.recipes.span_extraction.tags import forbidden

UNSEEN = 0.1
"""Share of the characters that a member does not recognise in training, so that it can meet new ones."""


class Member(nn.Module):
    """One tagger. sizes: of the vocabulary's features, characters and pairs. Wide parts begin with `backbone.`, which
    the optimizer goes by."""

    def __init__(self, sizes: tuple[int, int, int], tags: int, width: int) -> None:
        super().__init__()
        features, characters, pairs = sizes
        self.wide = nn.Embedding(features + 1, tags, padding_idx=0)
        self.characters = nn.Embedding(characters + UNKNOWN + 1, width // 2, padding_idx=0)
        self.pairs = nn.Embedding(pairs + UNKNOWN + 1, width // 4, padding_idx=0)
        self.network = nn.LSTM(width // 2 + width // 4, width, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * width, tags)
        self.moves = nn.Parameter(torch.zeros(tags + 2, tags))
        # One text at a time outside of training: a fixed state, so that the exported graph makes none.
        self.register_buffer("rest", torch.zeros(2, 1, width))
        nn.init.zeros_(self.wide.weight)
        for table in (self.characters, self.pairs):
            nn.init.normal_(table.weight, std=0.5)
            with torch.no_grad():
                table.weight[0] = 0

    def deep(self, characters: Tensor, pairs: Tensor, dropout: float = 0.0) -> Tensor:
        """(B, T) twice -> scores of the network alone, (B, T, tags)."""
        if self.training:
            strange = (torch.rand(characters.shape) < UNSEEN) & (characters > 0)
            characters = torch.where(strange, UNKNOWN, characters)
        seen = torch.cat([self.characters(characters), self.pairs(pairs)], dim=2)
        seen = functional.dropout(seen, dropout, self.training)
        scores: Tensor = self.out(functional.dropout(self._read(seen), dropout, self.training))
        return scores

    def _read(self, seen: Tensor) -> Tensor:
        read: Tensor = self.network(seen)[0] if self.training else self.network(seen, (self.rest, self.rest))[0]
        return read

    def scores(self, features: Tensor, characters: Tensor, pairs: Tensor, dropout: float, blanking: float) -> Tensor:
        """Scores of all tags at every place, (B, T, tags)."""
        share = 1.0
        if self.training and blanking > 0:
            features = features * (torch.rand(features.shape) >= blanking)
            share = 1.0 / (1.0 - blanking)
        wide: Tensor = self.wide(features).sum(dim=2) * share
        return wide + self.deep(characters, pairs, dropout)


class Tagger(nn.Module):
    """All members, and what no member may do."""

    def __init__(self, members: int, sizes: tuple[int, int, int], tags: int, width: int) -> None:
        super().__init__()
        self.members = nn.ModuleList(Member(sizes, tags, width) for _ in range(members))
        self.register_buffer("forbidden", torch.from_numpy(forbidden(tags)))

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
    """What serving loads: the scores of all members. Their n-gram weights stand in one table, a row for each n-gram."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        members = [tagger.member(at) for at in range(len(tagger.members))]
        self.members = tagger.members
        with torch.no_grad():
            self.wide = nn.Parameter(torch.cat([one.wide.weight for one in members], dim=1))
            self.moves = nn.Parameter(torch.stack([tagger.moves(at) for at in range(len(members))]))

    def forward(self, features: Tensor, characters: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """int64 (1, T, features), (1, T), (1, T) -> (members, T, tags) and (members, tags + 2, tags)."""
        deep = torch.cat([one.deep(characters, pairs) for one in self.members])
        wide = functional.embedding(features, self.wide)[0].sum(dim=1)
        each = torch.stack(wide.split(self.moves.shape[2], dim=1))
        return each + deep, self.moves + 0.0


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
