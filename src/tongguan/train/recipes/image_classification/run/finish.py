"""After the last step: temperature from the hold-out, export, the operating threshold, figures on the kept side."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import Onnx, RecipeError
from tongguan.train.recipes.image_classification.manifest import ClassificationParams
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline, figures, judge_of, judged
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card, write_model
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.recipes.torch_parts.classifier import MEAN, SCALE, Classifier, Exported

TASK = "classification"
OPSET = 18
COMPARED = 8
BATCH = 16
MOST_DIFFERENCE = 1e-3
MOST_FOR_THRESHOLD = 2_000
TEMPERATURES = np.geomspace(0.25, 8.0, 400)
Floats = NDArray[np.float64]


def class_of(item: Item) -> str:
    """The label class of an item; reading has left out items with none or several."""
    return next(label.label for label in item.records() if isinstance(label, ClassLabel))


def logits_of(model: nn.Module, pixels: NDArray[np.uint8], device: torch.device) -> Floats:
    """uint8 (n, size, size, 3) -> (n, classes), in small batches."""
    rows = []
    for start in range(0, len(pixels), BATCH):
        part = torch.from_numpy(np.ascontiguousarray(pixels[start : start + BATCH])).to(device)
        with torch.no_grad():
            rows.append(model((part.permute(0, 3, 1, 2).float() - MEAN) / SCALE).cpu().numpy())
    found: Floats = np.concatenate(rows).astype(float)
    return found


def scores_of(model: nn.Module, pixels: NDArray[np.uint8], device: torch.device) -> Floats:
    """As `logits_of`, as probabilities."""
    return _softmax(logits_of(model, pixels, device))


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return scores


def finish(
    job: Job, params: ClassificationParams, model: Classifier, labels: tuple[str, ...], steps: int
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    temperature = _temperature(job, params, model, labels, held)
    exported = Exported(model, temperature).eval()
    onnx = _to_onnx(exported, params.size)
    check = _compare(exported, onnx, _pixels(job, train[:COMPARED], params.size))
    card = {
        "recipe": "image-classification",
        "labels": labels,
        "preprocessing": {"size": params.size},
        "threshold": 0.5,
        "threshold_from": "not fixed yet",
    }
    write_model(job.folder.model, onnx, card)
    threshold, origin = _threshold(job, held, train)
    full = write_model(job.folder.model, onnx, {**card, "threshold": threshold, "threshold_from": origin})
    return {
        **_kept(job, full),
        "steps": steps,
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(labels),
    }


def _temperature(
    job: Job, params: ClassificationParams, model: Classifier, labels: tuple[str, ...], held: list[Item]
) -> float:
    """The divisor of the logits with the least negative log-likelihood on the hold-out (Guo et al. 2017); 1 without
    one: on training items every model looks surer than it is."""
    if not held:
        return 1.0
    logits = logits_of(model, _pixels(job, held[:MOST_FOR_THRESHOLD], params.size), torch.device("cpu"))
    number = {name: at for at, name in enumerate(labels)}
    truth = np.array([number[class_of(item)] for item in held[:MOST_FOR_THRESHOLD]])
    rows = np.arange(len(truth))
    losses = [-np.log(np.maximum(_softmax(logits / one)[rows, truth], 1e-12)).mean() for one in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _pixels(job: Job, items: list[Item], size: int) -> NDArray[np.uint8]:
    rows = []
    for item in items:
        job.check_stop()
        with job.tree.open(item.path) as stream:
            rows.append(letterbox(stream.read(), size).pixels)
    return np.stack(rows)


def _to_onnx(exported: Exported, size: int) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            exported,
            (torch.full((1, 3, size, size), 127, dtype=torch.uint8),),
            out,
            dynamo=False,
            opset_version=OPSET,
            input_names=["pictures"],
            output_names=["scores"],
            dynamic_axes={"pictures": {0: "n"}, "scores": {0: "n"}},
        )
    return out.getvalue()


def _compare(exported: Exported, onnx: bytes, pictures: NDArray[np.uint8]) -> Onnx:
    """Largest difference of a probability on real pictures. Raises RecipeError where rounding cannot explain it."""
    given = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        own = exported(torch.from_numpy(given)).numpy()
    score = float(np.abs(session.run(None, {"pictures": given})[0] - own).max(initial=0.0))
    if score > MOST_DIFFERENCE:
        raise RecipeError("export_differs", f"the exported model differs from the trained one: {score:.2e} in score")
    return Onnx(score, 0.0, len(pictures))


def _judge(job: Job, items: list[Item], phase: str) -> list[Any]:
    def step(done: int) -> None:
        job.check_stop()
        job.report.progress(phase=phase, done=done, of=len(items))

    return list(judged(TASK, load_predictor(job.folder.model), job.tree, items, step))


def _threshold(job: Job, held: list[Item], train: list[Item]) -> tuple[float, str]:
    """From the hold-out of the training groups; without one from training items, which is said."""
    job.report.phase("threshold")
    chosen = (held or train)[:MOST_FOR_THRESHOLD]
    groups = len({item.group for item in chosen})
    origin = (
        f"best F1 on {len(chosen)} held-out training items of {groups} groups, which also fixed the temperature"
        if held
        else f"best F1 on {len(chosen)} training items (no hold-out): it may be too high for new items"
    )
    return judge_of(TASK).best_threshold(_judge(job, chosen, "threshold")).threshold, origin


def _kept(job: Job, card: Card) -> dict[str, Any]:
    job.report.phase("judge")
    kept = job.gathered.side("kept")
    found = _judge(job, kept, "judge")
    result = figures(TASK, found, [item.group for item in kept])
    result["baseline"] = baseline(TASK, job.gathered.side("train"), kept)
    result["at_threshold"] = judge_of(TASK).at_threshold(found, card.threshold) if found else {}
    return {**result, "threshold": card.threshold, "threshold_from": card.threshold_from}
