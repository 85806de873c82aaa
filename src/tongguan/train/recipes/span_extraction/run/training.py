"""From items to a trained tagger: vocabulary, members, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tongguan.catalog.metrics.spans import SpanItem
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.span_extraction.features import Vocabulary, learn_vocabulary
from tongguan.train.recipes.span_extraction.manifest import SpanParams
from tongguan.train.recipes.span_extraction.run.finish import finish, marked, spans_of, text_of
from tongguan.train.recipes.span_extraction.run.model import Exported, Tagger, chain_loss
from tongguan.train.recipes.span_extraction.run.samples import Material, Sample, Samples, parts_of
from tongguan.train.recipes.span_extraction.tags import tag_count
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

EXPORT_SECONDS = 4.0
JUDGE_SECONDS = 0.012
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
HALF = 0.5


def train(job: Job) -> dict[str, Any]:
    """Trains, fixes the threshold, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, SpanParams):
        raise TypeError("the tagger needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    material = _material(job, params)
    vocabulary = learn_vocabulary((sample.text for sample in material.fitted), params.least, params.most)
    tagger = _tagger(job, params, vocabulary, material.labels)
    rates = Rates(params.learning_rate, params.wide_rate, params.weight_decay, part=".wide.")
    training = Training(tagger, params.average, rates)
    planner = _planner(job, params, material)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("train")
        batches = _Batches(params, material, vocabulary, tagger, job.seed)
        looks = Looks(job, "spans", params.looks, material.apart)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(material.labels)}
    averaged = training.average.model
    if not isinstance(averaged, Tagger):
        raise TypeError("the averaged model is a copy of the model")
    return {**finish(job, averaged, vocabulary, material), "steps": training.step}


def _material(job: Job, params: SpanParams) -> Material:
    """The training texts. With a hold-out every member fits all the others; without one each leaves out its part."""
    items = job.gathered.side("train")
    labels = tuple(sorted({label for item in items for _, _, label in spans_of(item)}))
    if not labels:
        raise RecipeError("no_classes", "no training text has a span: nothing to learn")
    held = any(item.holdout for item in items)
    parts = parts_of([item.group for item in items], 1 if held else params.members)
    samples = {
        item.name: Sample(text_of(job, item), spans_of(item), part) for item, part in zip(items, parts, strict=True)
    }
    apart = [item for item in items if item.holdout or samples[item.name].left_out_by is not None]
    return Material(labels, samples, [samples[item.name] for item in items if not item.holdout], apart)


def _tagger(job: Job, params: SpanParams, vocabulary: Vocabulary, labels: Sequence[str]) -> Tagger:
    torch.manual_seed(job.seed)
    sizes = (len(vocabulary.features), len(vocabulary.characters), len(vocabulary.pairs))
    return Tagger(params.members, sizes, tag_count(labels), params.width)


def _planner(job: Job, params: SpanParams, material: Material) -> Planner:
    judged = sum(item.side == "kept" for item in job.gathered.items) + len(material.apart)
    budget = None
    if job.budget is not None:
        budget = job.budget - min(job.budget / 2, EXPORT_SECONDS + JUDGE_SECONDS * judged)
    # A text that one member leaves out is seen by the others.
    seen = sum(params.members - (sample.left_out_by is not None) for sample in material.fitted)
    most = -(-seen * params.epochs // params.batch)
    return Planner(job.folder.plan_file, params.steps, budget, guess=0.1, most=most)


class _Batches:
    """The loss of each step: members take turns, each with batches of its own."""

    def __init__(
        self, params: SpanParams, material: Material, vocabulary: Vocabulary, tagger: Tagger, seed: int
    ) -> None:
        self._params, self._material, self._vocabulary, self._tagger, self._seed = (
            params,
            material,
            vocabulary,
            tagger,
            seed,
        )
        self._samples = Samples(material.fitted, vocabulary, material.labels, seed)

    def loss(self, step: int) -> Tensor:
        """Of the member whose turn it is; all randomness is the step's own."""
        own, member = divmod(step, self._params.members)
        features, characters, pairs, tags, there = self._samples.batch(member, own, self._params.batch)
        torch.manual_seed(self._seed * 1_000_003 + step)
        scores = self._tagger.member(member).scores(
            features, characters, pairs, self._params.dropout, self._params.blanking
        )
        return chain_loss(scores, self._tagger.moves(member), tags, there)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged members say about texts that they have not fitted, from a probability of one half."""
        if not isinstance(model, Tagger):
            raise TypeError("the averaged model is a copy of the model")
        together = Exported(model).eval()

        def seen(items: Sequence[Item]) -> list[SpanItem]:
            out = []
            for item in items:
                sample = self._material.samples[item.name]
                alone = sample.left_out_by
                found = marked(
                    together if alone is None else model, self._vocabulary, self._material.labels, sample, alone
                )
                out.append(found.above(HALF))
            return out

        looks.look(step, progress, seen)
