"""After the last step: the operating threshold, export, figures on the kept side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from tongguan.train.recipes.span_extraction.chain import averaged, candidates
from tongguan.train.recipes.span_extraction.features import FEATURES, Vocabulary, pieces
from tongguan.train.recipes.span_extraction.predict import INPUTS
from tongguan.train.recipes.span_extraction.run.grounding import Ground
from tongguan.train.recipes.span_extraction.run.model import Exported, Tagger
from tongguan.train.recipes.span_extraction.run.samples import Material, Sample, View
from tongguan.train.recipes.span_extraction.tags import Span
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "spans"
COMPARED = 8
LEAST = 0.01
MOST_FOR_THRESHOLD = 2_000
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the networks in the mean with the field: those tried."""
HALF = 0.5
SHORTEST_NAME = 2
MOST_NAMES = 5_000
"""Names in the dictionary of the baseline, the most frequent ones."""

Found = list[tuple[Span, float]]
Views = Sequence[View]


def marked(tagger: Tagger, labels: Sequence[str], views: Sequence[View], members: Sequence[int]) -> list[Found]:
    """What the field that was not fitted to a text finds in it, then what each of the members finds."""
    out: list[Found] = [[] for _ in range(1 + len(members))]
    for view in views:
        given = torch.from_numpy(view.given[None])
        characters, pairs = (torch.from_numpy(one[None]) for one in (view.characters, view.pairs))
        chains = [(view.given, view.moves)]
        with torch.no_grad():
            for at in members:
                scores = tagger.member(at)(characters, pairs, given)[0]
                chains.append((scores.numpy(), tagger.moves(at).numpy()))
        for own, (scores_, moves) in zip(out, chains, strict=True):
            found = candidates(scores_.astype(np.float64), moves.astype(np.float64), labels, LEAST / 2)
            own += [((s + view.place, e + view.place, label), probability) for (s, e, label), probability in found]
    return out


def together(spans: Sequence[Span], found: Sequence[Found], share: float) -> SpanItem:
    """A text's true spans beside those found. share: of the networks in the mean with the field."""
    shares = [1 - share, *([share / (len(found) - 1)] * (len(found) - 1))]
    listed = averaged(found, shares, LEAST)
    return SpanItem(tuple(spans), tuple(one for one, _ in listed), tuple(one for _, one in listed))


def finish(
    job: Job, tagger: Tagger, vocabulary: Vocabulary, material: Material, ground: Ground, views: Mapping[str, Views]
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("threshold")
    tagger.eval()
    share, threshold, origin = _decided(job, tagger, material, views)
    job.report.phase("export")
    job.check_stop()
    count = len(tagger.members)
    weights = [1 - share, *([share / count] * count)]
    exported = Exported(tagger, ground.weights, ground.moves).eval()
    content = with_facts(_to_onnx(exported), {**vocabulary.as_json(), "weights": weights})
    texts = [material.samples[name].text for name in material.fitted[:COMPARED]]
    compared = [vocabulary.see(pieces(text)[0][1] or " ") for text in texts]
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
        "networks": {"count": count, "share": share},
    }


def _to_onnx(exported: Exported) -> bytes:
    places = torch.ones((1, 4), dtype=torch.int64)
    axes = {"features": {1: "t"}, "characters": {1: "t"}, "pairs": {1: "t"}, "scores": {1: "t"}}
    example = (torch.zeros((1, 4, FEATURES), dtype=torch.int64), places, places)
    return to_onnx(exported, example, INPUTS, ("scores", "moves"), axes)


def _decided(job: Job, tagger: Tagger, material: Material, views: Mapping[str, Views]) -> tuple[float, float, str]:
    """Share of the networks and threshold, from texts that whoever marks them has not fitted: the hold-out, else each
    member's own part. Where there is neither, both alike and a threshold from training texts, which is said."""
    apart = [item.name for item in material.apart]
    chosen = (apart or list(material.fitted))[:MOST_FOR_THRESHOLD]
    every = list(range(len(tagger.members)))
    seen: list[tuple[Sequence[Span], list[Found]]] = []
    for at, name in enumerate(chosen, start=1):
        job.check_stop()
        sample = material.samples[name]
        members = every if sample.left_out_by is None else [sample.left_out_by]
        seen.append((sample.spans, marked(tagger, material.labels, views.get(name, ()), members)))
        job.report.progress(phase="threshold", done=at, of=len(chosen))
    points = {
        share: rounded_down(marking_point([together(spans, found, share) for spans, found in seen]))
        for share in (SHARES if apart else (HALF,))
    }
    share = max(points, key=lambda one: (points[one].f1, one))
    if not apart:
        words = f"best F1 on {len(chosen)} training items (too few to leave any out): it may be too high for new items"
    elif material.samples[chosen[0]].left_out_by is None:
        words = f"best F1 on {len(chosen)} held-out training items"
    else:
        words = f"best F1 on {len(chosen)} training items, each marked by a field and a network that had left it out"
    return share, points[share].threshold, words


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
