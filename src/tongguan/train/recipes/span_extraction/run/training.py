"""From items to a trained tagger: vocabulary, members, looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tongguan.catalog.metrics.spans import SpanItem
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.span_extraction.features import Vocabulary
from tongguan.train.recipes.span_extraction.manifest import SpanParams
from tongguan.train.recipes.span_extraction.run.finish import (
    HALF,
    MOST_FOR_THRESHOLD,
    finish,
    marked,
    spans_of,
    text_of,
    together,
)
from tongguan.train.recipes.span_extraction.run.grounding import Ground, ground_of
from tongguan.train.recipes.span_extraction.run.model import Tagger, chain_loss
from tongguan.train.recipes.span_extraction.run.samples import (
    Batches,
    Material,
    Sample,
    View,
    cut_texts,
    parts_of,
    views_of,
)
from tongguan.train.recipes.span_extraction.tags import tag_count
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

EXPORT_SECONDS = 4.0
JUDGE_SECONDS = 0.02
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
FOLDS = 4
"""Parts of the training texts: as many fields are fitted, each without one of them."""
MOST_CHARACTERS = 1_200_000
"""Characters times networks, beyond which there are fewer networks."""


def train(job: Job) -> dict[str, Any]:
    """Trains, fixes the threshold, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, SpanParams):
        raise TypeError("the tagger needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    material = _material(job, params)
    cut, vocabulary = cut_texts(material, material.fitted, None, (params.least, params.most))
    if not cut.pieces:
        raise RecipeError("no_classes", "the training texts are empty: nothing to learn")
    sizes = (len(vocabulary.features), tag_count(material.labels))
    ground = ground_of(job, cut.pieces, sizes, (params.sweeps, params.penalty))
    views = views_of(cut, ground.given, ground)
    held = [item.name for item in material.apart if item.holdout]
    if held:
        others, _ = cut_texts(material, held, vocabulary, (1, 1))
        views |= views_of(others, [ground.scores(one.seen) for one in others.pieces], ground)
    characters = sum(len(piece.tags) for piece in cut.pieces)
    tagger = _tagger(job, params, vocabulary, ground, members_for(params, characters))
    del cut
    training = Training(tagger, params.average, Rates(params.learning_rate, 1.0, params.weight_decay))
    planner = _planner(job, params, material, len(tagger.members))
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("train")
        batches = _Batches(params, material, tagger, views, job.seed)
        looks = Looks(job, "spans", params.looks, material.apart)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(material.labels)}
    averaged = training.average.model
    if not isinstance(averaged, Tagger):
        raise TypeError("the averaged model is a copy of the model")
    return {**finish(job, averaged, vocabulary, material, ground, views), "steps": training.step}


def members_for(params: SpanParams, characters: int) -> int:
    """Fewer networks where there is much to read: the minutes are better spent on reading it more than once."""
    return max(1, min(params.members, MOST_CHARACTERS // max(1, characters)))


def _material(job: Job, params: SpanParams) -> Material:
    """The training texts. With a hold-out everybody fits all the others; without one each leaves out its part."""
    items = job.gathered.side("train")
    labels = tuple(sorted({label for item in items for _, _, label in spans_of(item)}))
    if not labels:
        raise RecipeError("no_classes", "no training text has a span: nothing to learn")
    held = any(item.holdout for item in items)
    texts = {item.name: text_of(job, item) for item in items}
    members = members_for(params, sum(len(texts[item.name]) for item in items if not item.holdout))
    parts = parts_of([item.group for item in items], FOLDS)
    samples = {}
    for item, part in zip(items, parts, strict=True):
        fold = None if item.holdout else part
        alone = None if held or part is None or part >= members else part
        samples[item.name] = Sample(texts[item.name], spans_of(item), fold, alone)
    apart = [item for item in items if item.holdout or samples[item.name].left_out_by is not None]
    return Material(labels, samples, [item.name for item in items if not item.holdout], apart)


def _tagger(job: Job, params: SpanParams, vocabulary: Vocabulary, ground: Ground, members: int) -> Tagger:
    torch.manual_seed(job.seed)
    return Tagger(members, (len(vocabulary.characters), len(vocabulary.pairs)), ground.moves, params.width)


def _planner(job: Job, params: SpanParams, material: Material, members: int) -> Planner:
    judged = sum(item.side == "kept" for item in job.gathered.items) + min(len(material.apart), MOST_FOR_THRESHOLD)
    # A text that one member leaves out is seen by the others.
    seen = sum(members - (material.samples[name].left_out_by is not None) for name in material.fitted)
    most = -(-seen * params.epochs // params.batch)
    return job.planner(EXPORT_SECONDS + JUDGE_SECONDS * judged, guess=0.1, most=max(1, most))


class _Batches:
    """The loss of each step: members take turns, each with batches of its own."""

    def __init__(
        self, params: SpanParams, material: Material, tagger: Tagger, views: Mapping[str, Sequence[View]], seed: int
    ) -> None:
        self._params, self._material, self._tagger, self._views, self._seed = params, material, tagger, views, seed
        own = [(view, material.samples[name].left_out_by) for name in material.fitted for view in views.get(name, ())]
        self._batches = Batches(own, seed)

    def loss(self, step: int) -> Tensor:
        """Of the member whose turn it is; all randomness is the step's own."""
        own, member = divmod(step, len(self._tagger.members))
        characters, pairs, given, tags, there = self._batches.batch(member, own, self._params.batch)
        torch.manual_seed(self._seed * 1_000_003 + step)
        scores = self._tagger.member(member)(characters, pairs, given, self._params.dropout)
        return chain_loss(scores, self._tagger.moves(member), tags, there)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged members say about texts that they have not fitted, from a probability of one half."""
        if not isinstance(model, Tagger):
            raise TypeError("the averaged model is a copy of the model")

        def seen(items: Sequence[Item]) -> list[SpanItem]:
            out = []
            for item in items:
                sample = self._material.samples[item.name]
                alone = sample.left_out_by
                members = list(range(len(model.members))) if alone is None else [alone]
                found = marked(model, self._material.labels, self._views.get(item.name, ()), members)
                out.append(together(sample.spans, found, 1.0).above(HALF))
            return out

        looks.look(step, progress, seen)
