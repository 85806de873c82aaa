"""After the last step: temperature from the hold-out, export, the operating threshold, figures beside length alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tongguan.train.recipes.base import Onnx, RecipeError
from tongguan.train.recipes.calibration import temperature_of
from tongguan.train.recipes.finishing import judge_items, kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item, sha256_hex
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures, judge_of
from tongguan.train.recipes.preference.features import PLAIN, stacked
from tongguan.train.recipes.preference.marks import preference_mark
from tongguan.train.recipes.preference.predict import ENCODED, FACT, INPUTS, PREFIX, reward_of
from tongguan.train.recipes.preference.run.material import Material, Pair, read_pairs
from tongguan.train.recipes.preference.run.model import Exported, RewardNet
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.torch_parts.onnx_file import (
    MOST_DIFFERENCE,
    joined,
    largest_difference,
    to_onnx,
    with_facts,
)

TASK = "preference"
EXPORT_SECONDS = 2.0
JUDGE_SECONDS = 0.003
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
COMPARED = 8


def finish(job: Job, model: RewardNet, material: Material, label: str) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    temperature = _temperature(material.margins(model, held))
    exported = Exported(model, temperature).eval()
    content = _content(exported, material)
    check = _check(exported, content, [item.name for item in train[:COMPARED]], material)
    card = {"recipe": "preference", "labels": (label,)}
    full = write_with_threshold(job, TASK, content, card)
    kept = job.gathered.side("kept")
    pairs = read_pairs(job, kept)
    blind = length_alone([material.pairs[item.name] for item in train], [pairs[item.name] for item in kept])
    return {
        **kept_figures(job, TASK, full, _baseline(kept, pairs, blind)),
        "slices": _slices(job, kept, pairs, blind),
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(content)},
        **({"encoder": material.encoded.told} if material.encoded else {}),
        "labels": [label],
    }


def _content(exported: Exported, material: Material) -> bytes:
    """The model's file: the reward, behind the encoder where there is one, with n-grams and tokenizer inside."""
    example = [torch.zeros((1, 2), dtype=torch.int64), torch.zeros((1, 2)), torch.zeros((1, len(PLAIN)))]
    axes = {"numbers": {0: "n", 1: "k"}, "weights": {0: "n", 1: "k"}, "plain": {0: "n"}, "rewards": {0: "n"}}
    encoded, facts = material.encoded, material.grams.as_json()
    if encoded is None:
        return with_facts(to_onnx(exported, tuple(example), INPUTS, ("rewards",), axes), facts)
    example.append(torch.zeros((1, encoded.width)))
    head = to_onnx(exported, tuple(example), (*INPUTS, ENCODED), ("rewards",), axes)
    told = {"tokenizer": encoded.tokens.text, "length": encoded.tokens.length}
    return with_facts(joined(encoded.content, head, ENCODED, PREFIX), {**facts, FACT: told})


def _check(exported: Exported, content: bytes, names: Sequence[str], material: Material) -> Onnx:
    """How far the written model is from the trained one, on both answers of some pairs."""
    encoded = material.encoded
    if encoded is None:
        given = [dict(zip(INPUTS, stacked(material.seen[name]), strict=True)) for name in names]
        return Onnx(largest_difference(exported, content, given), 0.0, len(given))
    session = open_session(content)
    most = 0.0
    for name in names:
        pair = material.pairs[name]
        for answer, text in zip(material.seen[name], (pair.better, pair.worse), strict=True):
            with torch.no_grad():
                own = exported(*(torch.from_numpy(one) for one in stacked([answer]))).numpy()
            other = reward_of(session, answer, encoded.tokens.encode(pair.prompt, text))
            most = max(most, float(np.abs(own - other).max()))
    if not most <= MOST_DIFFERENCE:
        raise RecipeError("export_differs", f"the exported model differs from the trained one: {most:.2e} in reward")
    return Onnx(most, 0.0, len(names))


def _temperature(margins: NDArray[np.float64]) -> float:
    return temperature_of(np.column_stack([margins, np.zeros(len(margins))]), np.zeros(len(margins), dtype=np.int64))


def length_alone(train: Sequence[Pair], kept: Sequence[Pair]) -> tuple[str, list[float]]:
    """What who only counts characters would reach: its name, and for each kept pair how much it leans to the better
    answer, in log odds.

    Whether the longer or the shorter answer counts as better, and how sure that is, comes from the training pairs; of
    answers of one length a coin, the same in every run, decides.
    """
    longer = sum(len(pair.better) > len(pair.worse) for pair in train)
    shorter = sum(len(pair.better) < len(pair.worse) for pair in train)
    share = (max(longer, shorter) + 1) / (longer + shorter + 2)
    lean = float(np.log(share / (1 - share))) or 1e-6
    sign = 1 if longer >= shorter else -1
    margins = []
    for pair in kept:
        apart = len(pair.better) - len(pair.worse)
        coin = 1e-6 if sha256_hex(pair.better.encode()) > sha256_hex(pair.worse.encode()) else -1e-6
        margins.append(lean * sign * float(np.sign(apart)) if apart else coin)
    return ("the longer answer" if sign > 0 else "the shorter answer"), margins


def _guessed(pair: Pair, margin: float) -> Any:
    """A guess as the metrics take it."""
    label = pair.label
    rewards = (margin, 0.0) if label.choice == "first" else (0.0, margin)
    mark = preference_mark(label.label, (label.first, label.second), rewards)
    return judge_of(TASK).item([label], [mark])


def _baseline(kept: Sequence[Item], pairs: dict[str, Pair], blind: tuple[str, list[float]]) -> dict[str, Any]:
    if not kept:
        return {}
    items = [_guessed(pairs[item.name], margin) for item, margin in zip(kept, blind[1], strict=True)]
    return {"name": blind[0], "metrics": figures(TASK, items, [item.group for item in kept])["metrics"]}


def _slices(
    job: Job, kept: Sequence[Item], pairs: dict[str, Pair], blind: tuple[str, list[float]]
) -> dict[str, dict[str, Any]]:
    """Accuracy where the better answer is longer, shorter, or alike: a model that only reads length falls down in
    one."""
    found = judge_items(job, TASK, kept, "judge")
    told: dict[str, dict[str, Any]] = {}
    for value in sorted({item.slices.get("length", "") for item in kept} - {""}):
        chosen = [at for at, item in enumerate(kept) if item.slices.get("length") == value]
        groups = [kept[at].group for at in chosen]
        own = figures(TASK, [found[at] for at in chosen], groups)["metrics"]["accuracy"]
        guesses = [_guessed(pairs[kept[at].name], blind[1][at]) for at in chosen]
        length = figures(TASK, guesses, groups)["metrics"]["accuracy"]
        told[f"length: {value}"] = {"items": len(chosen), "accuracy": own, "baseline": length}
    return told
