"""The steps of supervised fine-tuning: gradients of several batches, AdamW, a cosine, checkpoints of what is trained.

A checkpoint holds the trained weights alone: the frozen ones lie in the model's folder. Dropout of a step depends on
the seed and the step, so that a resumed run draws what the killed one would have drawn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.job import Job, Stopped
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner, read_lines
from tongguan.train.recipes.sft.manifest import SftParams
from tongguan.train.recipes.sft.run.encoding import Encoded
from tongguan.train.recipes.sft.run.losses import losses_of, summed_loss
from tongguan.train.recipes.sft.run.material import Material, as_items
from tongguan.train.recipes.torch_parts.checkpoint import load_checkpoint, save_checkpoint
from tongguan.train.recipes.torch_parts.loop import WINDOW, rate_share

MOST_GRADIENT = 1.0
SEED_OF_STEP = 1_000_003


class Tuning:
    """The model, its optimizer and the steps done: all that the next step depends on."""

    def __init__(self, model: Any, params: SftParams) -> None:
        self.model = model
        self.params = params
        self.trained = {name: value for name, value in model.named_parameters() if value.requires_grad}
        self.optimizer = _optimizer(self.trained, params)
        self.step = 0

    def begin(self, job: Job, planner: Planner) -> None:
        """Takes over the last checkpoint, and the plans and figures until then."""
        state = load_checkpoint(job.folder.checkpoint)
        if state is not None:
            with torch.no_grad():
                for name, value in self.trained.items():
                    value.copy_(state["trained"][name])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = int(state["step"])
            job.clock.continue_from(float(state["seconds"]))
        planner.replay(self.step, job.clock.seconds())
        read_lines(job.folder.metrics_file, lambda line: int(str(line.get("step", 0))) <= self.step)

    def save(self, job: Job) -> None:
        """Writes a checkpoint."""
        state: dict[str, Any] = {
            "trained": {name: value.detach() for name, value in self.trained.items()},
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": job.clock.seconds(),
        }
        save_checkpoint(job.folder.checkpoint, state)

    def make_step(self, some: list[Encoded], seed: int, share: float) -> float:
        """One step on some conversations; returns the loss per learnt token."""
        for group in self.optimizer.param_groups:
            group["lr"] = share * self.params.learning_rate
        torch.manual_seed(seed * SEED_OF_STEP + self.step)
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        tokens = sum(one.count for one in some)
        # Like lengths together: less is filled up. Over the batches of a step each token counts the same.
        some = sorted(some, key=lambda one: len(one.ids))
        total = 0.0
        for start in range(0, len(some), self.params.batch):
            loss = summed_loss(self.model, some[start : start + self.params.batch]) / tokens
            loss.backward()
            total += float(loss.detach())
        if not math.isfinite(total):
            raise RecipeError("diverged", f"the loss is {total} at step {self.step}: try a smaller learning rate")
        nn.utils.clip_grad_norm_(list(self.trained.values()), MOST_GRADIENT)
        self.optimizer.step()
        self.step += 1
        return total


def _optimizer(trained: dict[str, nn.Parameter], params: SftParams) -> torch.optim.Optimizer:
    matrices = [value for value in trained.values() if value.ndim > 1]
    others = [value for value in trained.values() if value.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": params.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=params.learning_rate, fused=True)


def tune(job: Job, tuning: Tuning, planner: Planner, material: Material) -> None:
    """Steps until the plan is done. Raises Stopped after a checkpoint."""
    params = tuning.params
    items = material.of([item for item in job.gathered.side("train") if not item.holdout])
    rows = material.rows(items)
    held = material.of([item for item in job.gathered.side("train") if item.holdout])
    looks = Looks(job, "answers", params.looks, held)
    window: list[float] = []
    while tuning.step < planner.steps:
        if job.stop():
            tuning.save(job)
            raise Stopped
        before, share = planner.progress(tuning.step), rate_share(planner, tuning.step)
        index = drawn(len(rows), params.batch * params.accumulate, tuning.step, job.seed)
        window.append(tuning.make_step([rows[at] for at in index], job.seed, share))
        seconds = job.clock.seconds()
        plan = planner.after(tuning.step, seconds)
        if plan is not None:
            job.report.event("plan", step=plan.at, steps=plan.steps, seconds_per_step=plan.seconds_per_step)
        latest = window[-1]
        if tuning.step % WINDOW == 0 or tuning.step >= planner.steps:
            job.report.figures(tuning.step, loss=float(np.mean(window)), rate=share, seconds=round(seconds, 2))
            window = []
        progress = planner.progress(tuning.step)
        if looks.due(before, progress):
            tuning.model.eval()
            looks.look(tuning.step, progress, lambda some: as_items(losses_of(tuning.model, material.rows(list(some)))))
        if tuning.step % params.checkpoint_steps == 0 and tuning.step < planner.steps:
            tuning.save(job)
        job.report.progress(
            phase="train",
            step=tuning.step,
            of=planner.steps,
            seconds=round(seconds, 1),
            loss=round(latest, 4),
            learning_rate=share * params.learning_rate,
        )
    tuning.save(job)
