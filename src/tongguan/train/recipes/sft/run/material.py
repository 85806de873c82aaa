"""The conversations of a run as tokens: what can be learnt of them, and what had to be left out or cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tongguan.catalog.metrics.answers import AnswerItem
from tongguan.train.recipes.base import ItemUnreadable, RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.sft.run.encoding import Encoded, Encoder
from tongguan.train.recipes.sources.conversations import turns_of

TOO_LONG = "no token of an answer is within the length"


@dataclass(slots=True)
class Material:
    """encoded: by the item's name, those of which something can be learnt. unusable: why, by the name of the others."""

    length: int
    encoded: dict[str, Encoded] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Those that can be used."""
        return [item for item in items if item.name in self.encoded]

    def rows(self, items: Sequence[Item]) -> list[Encoded]:
        """Their tokens."""
        return [self.encoded[item.name] for item in items]

    def counts(self) -> dict[str, int]:
        """What is written into the run: conversations and tokens, and how many of both were lost."""
        cut = [one.cut for one in self.encoded.values() if one.cut]
        return {
            "length": self.length,
            "conversations": len(self.encoded),
            "tokens": sum(len(one.ids) for one in self.encoded.values()),
            "learnt_tokens": sum(one.count for one in self.encoded.values()),
            "truncated": len(cut),
            "tokens_cut": sum(cut),
            "unusable": len(self.unusable),
        }


def encode_items(job: Job, encoder: Encoder, length: int) -> Material:
    """All items of the run; what was cut or cannot be used is said. Raises RecipeError where nothing is left."""
    made = Material(length)
    for at, item in enumerate(job.gathered.items, start=1):
        if at % 200 == 0:
            job.check_stop()
            job.report.progress(phase="read", done=at, of=len(job.gathered.items))
        with job.tree.open(item.path) as stream:
            content = stream.read()
        try:
            one = encoder.encode(turns_of(content), length)
        except ItemUnreadable as problem:
            made.unusable[item.name] = problem.message
            continue
        if one.count:
            made.encoded[item.name] = one
        else:
            made.unusable[item.name] = TOO_LONG
    _say(job, made)
    if not made.of([item for item in job.gathered.side("train") if not item.holdout]):
        reason = next(iter(made.unusable.values()), "there is none")
        raise RecipeError("nothing_to_train", f"no conversation of the training side can be learnt: {reason}")
    return made


def _say(job: Job, made: Material) -> None:
    counts = made.counts()
    if counts["truncated"]:
        job.report.warn(
            "truncated",
            f"{counts['truncated']} of {counts['conversations']} conversations are longer than {made.length} tokens "
            f"and were cut at their end: {counts['tokens_cut']} tokens are not learnt or measured; raise length",
        )
    if made.unusable:
        name, reason = next(iter(made.unusable.items()))
        job.report.warn(
            "conversations_unusable", f"{len(made.unusable)} conversations are left out, such as {name}: {reason}"
        )


def as_items(losses: Sequence[tuple[float, int]]) -> list[AnswerItem]:
    """What the metrics take."""
    return [AnswerItem(loss, tokens) for loss, tokens in losses]
