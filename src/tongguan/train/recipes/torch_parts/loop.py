"""The training loop that recipes share: plan, learning rate, averaged weights, figures, looks, checkpoints."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tongguan.train.recipes.base import LoopParams, RecipeError
from tongguan.train.recipes.job import Job, Stopped
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner, read_lines
from tongguan.train.recipes.torch_parts.averaging import Average
from tongguan.train.recipes.torch_parts.checkpoint import load_checkpoint, save_checkpoint

WARM_UP = 0.05
LAST_RATE = 0.02
MOST_GRADIENT = 10.0
WINDOW = 10
"""Steps that one line of figures sums up."""

Losses = Callable[[int], Tensor]
Look = Callable[[nn.Module, Looks, int, float], None]


@dataclass(frozen=True, slots=True)
class Rates:
    """Learning rate of AdamW, a part's share of it, and the decay of weights. part: what the names of parameters hold
    that get this share."""

    rate: float
    backbone: float
    decay: float
    part: str = "backbone."


class Training:
    """Model, averaged weights, optimizer, and the steps done: all that the next step depends on."""

    def __init__(self, model: nn.Module, average: float, rates: Rates) -> None:
        self.model = model
        self.average = Average(model, average)
        self.rates = rates
        self.optimizer = _optimizer(model, rates)
        self.step = 0

    def begin(self, job: Job, planner: Planner) -> None:
        """Takes over the last checkpoint, and the plans and figures until then."""
        state = load_checkpoint(job.folder.checkpoint)
        if state is not None:
            self.model.load_state_dict(state["model"])
            self.average.model.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = int(state["step"])
            job.clock.continue_from(float(state["seconds"]))
        planner.replay(self.step, job.clock.seconds())
        read_lines(job.folder.metrics_file, lambda line: int(str(line.get("step", 0))) <= self.step)

    def save(self, job: Job) -> None:
        """Writes a checkpoint."""
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": job.clock.seconds(),
        }
        save_checkpoint(job.folder.checkpoint, state)


def _optimizer(model: nn.Module, rates: Rates) -> torch.optim.Optimizer:
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, value in model.named_parameters():
        if value.requires_grad:
            groups.setdefault((rates.part in name, value.ndim > 1), []).append(value)
    return torch.optim.AdamW(
        [
            {
                "params": values,
                "share": rates.backbone if backbone else 1.0,
                "weight_decay": rates.decay if weight else 0.0,
            }
            for (backbone, weight), values in groups.items()
        ],
        lr=rates.rate,
        fused=True,
    )


def train_steps(job: Job, training: Training, planner: Planner, losses: Losses, looks: Looks, look: Look) -> None:
    """Steps until the plan is done. `losses`: the loss of a step's batch. Raises Stopped after a checkpoint."""
    training.model.train()
    window: list[float] = []
    while training.step < planner.steps:
        if job.stop():
            training.save(job)
            raise Stopped
        before = planner.progress(training.step)
        share = rate_share(planner, training.step)
        for group in training.optimizer.param_groups:
            group["lr"] = share * training.rates.rate * group["share"]
        window.append(_step(training, losses(training.step)))
        training.step += 1
        seconds = job.clock.seconds()
        plan = planner.after(training.step, seconds)
        if plan is not None:
            job.report.event("plan", step=plan.at, steps=plan.steps, seconds_per_step=plan.seconds_per_step)
        if training.step % WINDOW == 0 or training.step >= planner.steps:
            job.report.figures(training.step, loss=float(np.mean(window)), rate=share, seconds=round(seconds, 2))
            window = []
        progress = planner.progress(training.step)
        if looks.due(before, progress):
            look(training.average.model, looks, training.step, progress)
        if training.step % _every(job) == 0 and training.step < planner.steps:
            training.save(job)
        job.report.progress(
            phase="train",
            step=training.step,
            of=planner.steps,
            seconds=round(seconds, 1),
            loss=round(window[-1], 4) if window else None,
            learning_rate=share * training.rates.rate,
        )
    training.save(job)


def _every(job: Job) -> int:
    params = job.params
    if not isinstance(params, LoopParams):
        raise TypeError("a recipe with this loop has its parameters")
    return params.checkpoint_steps


def rate_share(planner: Planner, step: int) -> float:
    """Share of the learning rate: up over the first twentieth, then down by a cosine."""
    rise = min(1.0, planner.progress(step + 1) / WARM_UP)
    return rise * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * planner.progress(step))))


def _step(training: Training, loss: Tensor) -> float:
    value = float(loss.detach())
    if not math.isfinite(value):
        raise RecipeError("diverged", f"the loss is {value} at step {training.step}: try a smaller learning rate")
    training.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([one for one in training.model.parameters() if one.requires_grad], MOST_GRADIENT)
    training.optimizer.step()
    training.average.update(training.step + 1)
    return value
