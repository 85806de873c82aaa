"""After the last step: the operating threshold, export, figures on the kept side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tongguan.catalog.metrics.spans import SpanItem, marking_point
from tongguan.train.recipes.base import Onnx
from tongguan.train.recipes.finishing import kept_figures
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.base import rounded_down
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.span_extraction.chain import spans
from tongguan.train.recipes.span_extraction.features import FEATURES, Seen, Vocabulary, pieces
from tongguan.train.recipes.span_extraction.predict import INPUTS
from tongguan.train.recipes.span_extraction.run.model import Exported, Tagger
from tongguan.train.recipes.span_extraction.run.samples import Material, Sample
from tongguan.train.recipes.span_extraction.tags import Span
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "spans"
COMPARED = 8
LEAST = 0.01
MOST_FOR_THRESHOLD = 4_000
SHORTEST_NAME = 2
MOST_NAMES = 5_000
"""Names in the dictionary of the baseline, the most frequent ones."""


def scored(model: Tagger | Exported, seen: Seen, member: int | None = None) -> tuple[Any, Any]:
    """Scores of one text, of one member or of all, as float64 arrays with the members first."""
    features, characters, pairs = (torch.from_numpy(row[None]) for row in (seen.features, seen.characters, seen.pairs))
    with torch.no_grad():
        if isinstance(model, Tagger) and member is not None:
            scores = model.member(member).scores(features, characters, pairs, 0.0, 0.0)
            moves = model.moves(member)[None]
        else:
            scores, moves = model(features, characters, pairs)
    return scores.numpy().astype(np.float64), moves.numpy().astype(np.float64)


def marked(
    model: Tagger | Exported, vocabulary: Vocabulary, labels: Sequence[str], sample: Sample, member: int | None = None
) -> SpanItem:
    """A text's true spans beside those that a member (or all of them) finds, down to a probability of 0.01."""
    found: list[tuple[Span, float]] = []
    for place, piece in pieces(sample.text):
        if piece:
            scores, moves = scored(model, vocabulary.see(piece), member)
            found += [
                ((start + place, end + place, label), probability)
                for (start, end, label), probability in spans(scores, moves, labels, LEAST)
            ]
    return SpanItem(sample.spans, tuple(one for one, _ in found), tuple(one for _, one in found))


def finish(job: Job, tagger: Tagger, vocabulary: Vocabulary, material: Material) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("threshold")
    exported = Exported(tagger.eval()).eval()
    threshold, origin = _threshold(job, tagger, exported, vocabulary, material)
    job.report.phase("export")
    job.check_stop()
    content = with_facts(_to_onnx(exported), vocabulary.as_json())
    compared = [vocabulary.see(pieces(one.text)[0][1] or " ") for one in material.fitted[:COMPARED]]
    given = [
        dict(zip(INPUTS, (one.features[None], one.characters[None], one.pairs[None]), strict=True)) for one in compared
    ]
    check = Onnx(largest_difference(exported, content, given), 0.0, len(given))
    labels = material.labels
    card = {"recipe": "span-extraction", "labels": labels, "threshold": threshold, "threshold_from": origin}
    full = write_model(job.folder.model, content, card)
    return {
        **kept_figures(job, TASK, full, _baseline(job, list(material.samples.values()))),
        "onnx": {**check.as_json(), "bytes": len(content)},
        "labels": list(labels),
    }


def _to_onnx(exported: Exported) -> bytes:
    places = torch.ones((1, 4), dtype=torch.int64)
    axes = {"features": {1: "t"}, "characters": {1: "t"}, "pairs": {1: "t"}, "scores": {1: "t"}}
    example = (torch.zeros((1, 4, FEATURES), dtype=torch.int64), places, places)
    return to_onnx(exported, example, INPUTS, ("scores", "moves"), axes)


def _threshold(
    job: Job, tagger: Tagger, exported: Exported, vocabulary: Vocabulary, material: Material
) -> tuple[float, str]:
    """From texts that whoever marks them has not fitted: the hold-out by all members, else each member's own part.
    Where there is neither, from training texts, which is said."""
    apart = [material.samples[item.name] for item in material.apart]
    chosen = (apart or list(material.fitted))[:MOST_FOR_THRESHOLD]
    items = []
    for at, sample in enumerate(chosen, start=1):
        job.check_stop()
        alone = sample.left_out_by
        items.append(marked(exported if alone is None else tagger, vocabulary, material.labels, sample, alone))
        job.report.progress(phase="threshold", done=at, of=len(chosen))
    point = rounded_down(marking_point(items))
    if not apart:
        words = f"best F1 on {len(chosen)} training items (too few to leave any out): it may be too high for new items"
    elif chosen[0].left_out_by is None:
        words = f"best F1 on {len(chosen)} held-out training items"
    else:
        words = f"best F1 on {len(chosen)} training items, each marked by the member that had left it out"
    return point.threshold, words


def _baseline(job: Job, samples: Sequence[Sample]) -> dict[str, Any]:
    """A dictionary: every stretch that was mostly a span in training is one, the longest first."""
    kept = job.gathered.side("kept")
    if not kept:
        return {}
    names = _names(samples)
    items = [_looked_up(names, job, item) for item in kept]
    measured = figures(TASK, items, [item.group for item in kept])["metrics"]
    return {"name": "dictionary of the training spans, longest match", "metrics": measured}


def _names(samples: Sequence[Sample]) -> dict[str, str]:
    """Text of spans -> their most frequent class, where the text is a span in at least half of the places it stands."""
    counted: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        counted.update((sample.text[start:end], label) for start, end, label in sample.spans)
    names: dict[str, str] = {}
    for (name, label), _ in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        if len(name) >= SHORTEST_NAME and len(names) < MOST_NAMES:
            names.setdefault(name, label)
    everywhere = "\n".join(sample.text for sample in samples)
    of_name = Counter(name for name, _ in counted.elements())
    return {name: label for name, label in names.items() if 2 * of_name[name] >= everywhere.count(name)}


def _looked_up(names: dict[str, str], job: Job, item: Item) -> SpanItem:
    text = text_of(job, item)
    longest = max((len(name) for name in names), default=0)
    found: list[Span] = []
    at = 0
    while at < len(text):
        size = next((n for n in range(min(longest, len(text) - at), 0, -1) if text[at : at + n] in names), 0)
        if size:
            found.append((at, at + size, names[text[at : at + size]]))
        at += size or 1
    return SpanItem(spans_of(item), tuple(found), (1.0,) * len(found))


def text_of(job: Job, item: Item) -> str:
    """The text of an item as it was read."""
    with job.tree.open(item.path) as stream:
        return stream.read().decode("utf-8")


def spans_of(item: Item) -> tuple[Span, ...]:
    """The true spans of an item; labels of other kinds are passed over."""
    return tuple(
        (int(label["start"]), int(label["end"]), str(label["label"]))
        for label in item.labels
        if label["kind"] == "span"
    )
