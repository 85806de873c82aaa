"""After the last step: the model is saved, read again and compared with the trained one, and measured on the kept side
beside the untouched model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from tongguan.catalog.metrics.answers import ANSWER
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.language_parts.local_model import digest_of
from tongguan.train.recipes.model_folder import write_model
from tongguan.train.recipes.sft.facts import Facts
from tongguan.train.recipes.sft.manifest import FILE, SftParams
from tongguan.train.recipes.sft.run.encoding import Encoder
from tongguan.train.recipes.sft.run.loading import load_base, save_model, with_adapter
from tongguan.train.recipes.sft.run.losses import losses_of
from tongguan.train.recipes.sft.run.material import Material, as_items

TASK = "answers"
COMPARED = 8
LARGEST = {"float32": 1e-4, "bfloat16": 2e-2}
"""How far the loss per token of the saved model may be from the trained one: what rounding explains."""
THRESHOLD_FROM = "every answer is given: a language model has no operating point"


@dataclass(frozen=True, slots=True)
class Finish:
    """What the end of a run needs."""

    job: Job
    params: SftParams
    base: Path
    base_files: dict[str, str]
    encoder: Encoder
    material: Material
    device: torch.device

    def losses(self, model: Any, items: Sequence[Item], phase: str) -> list[tuple[float, int]]:
        """Of each item, with the wish to stop seen in between."""
        found: list[tuple[float, int]] = []
        for item in items:
            self.job.check_stop()
            found += losses_of(model, self.material.rows([item]))
            self.job.report.progress(phase=phase, done=len(found), of=len(items))
        return found


def finished(end: Finish, model: Any) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job, params = end.job, end.params
    job.report.phase("export")
    train = end.material.of(job.gathered.side("train"))[:COMPARED]
    kept = end.material.of(job.gathered.side("kept"))
    model.eval()
    trained = end.losses(model, train, "export")
    place: Literal["adapter", "full"] = "adapter" if params.method == "lora" else "full"
    saved = job.folder.model / place
    save_model(model, end.encoder, saved)
    del model
    base = load_base(end.base, end.device, params.precision)
    job.report.phase("judge")
    untouched = end.losses(base, kept, "judge")
    if params.method == "lora":
        again = with_adapter(base, saved)
    else:
        del base
        again = load_base(saved, end.device, params.precision)
    check = _compared(trained, end.losses(again, train, "export"), LARGEST[params.precision])
    measured = end.losses(again, kept, "judge")
    groups = [item.group for item in kept]
    files = {one.name: digest_of(one) for one in sorted(saved.iterdir())}
    facts = Facts(
        method=params.method,
        folder=place,
        saved=files,
        base=str(end.base),
        base_files=end.base_files if params.method == "lora" else {},
        precision=params.precision,
        length=end.material.length,
        answer_tokens=params.answer_tokens,
        own_template=end.encoder.own_template,
    )
    content = json.dumps(facts.model_dump(), ensure_ascii=False, indent=1).encode()
    card = {"recipe": "sft", "labels": (ANSWER,), "threshold": 0.0, "threshold_from": THRESHOLD_FROM}
    write_model(job.folder.model, content, card, FILE)
    first = figures(TASK, as_items(untouched), groups)["metrics"]
    return {
        **figures(TASK, as_items(measured), groups),
        "baseline": {"name": "the untouched model", "metrics": first} if kept else {},
        "at_threshold": {},
        "threshold": 0.0,
        "threshold_from": THRESHOLD_FROM,
        "labels": [ANSWER],
        "saved": {**check, "folder": f"model/{place}", "bytes": sum(one.stat().st_size for one in saved.iterdir())},
        "tokens": end.material.counts(),
        "template": "the model's own" if end.encoder.own_template else "plain",
    }


def _compared(trained: Sequence[tuple[float, int]], again: Sequence[tuple[float, int]], most: float) -> dict[str, Any]:
    """The largest difference of the loss per token. Raises RecipeError where rounding cannot explain it."""
    apart = max((abs(one - two) / tokens for (one, tokens), (two, _) in zip(trained, again, strict=True)), default=0.0)
    if not apart <= most:
        message = f"the saved model's loss per token differs from the trained one's by {apart:.2e}"
        raise RecipeError("export_differs", message)
    return {"loss": apart, "items": len(trained)}
