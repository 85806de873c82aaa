"""Dawid-Skene on 1,000,000 answers: our seconds, and crowd-kit's on the same answers in the same run.

Target: at most 10 s, at least 5 times crowd-kit, same answers. crowd-kit is the optional extra `compare`; without it
the comparison is left out and said to be.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tongguan.quality.aggregation.base import Answers
from tongguan.quality.aggregation.dawid_skene import DawidSkene
from tongguan.quality.aggregation.table import read_answers

TASKS, EACH, WORKERS, LABELS = 200_000, 5, 2_000, 4
REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "crowd"


def run(tasks: int = TASKS) -> dict[str, Any]:
    """Simulates the answers, writes them as CSV, reads, fits, and compares."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        truth = simulate(path, tasks)
        started = time.perf_counter()
        answers = read_answers(path).answers
        read_seconds = time.perf_counter() - started
    model = DawidSkene()
    started = time.perf_counter()
    merged = model.fit_predict(answers)
    seconds = time.perf_counter() - started
    result: dict[str, Any] = {
        "answers": len(answers),
        "tasks": len(answers.tasks),
        "workers": len(answers.workers),
        "labels": len(answers.labels),
        "read_csv_seconds": round(read_seconds, 3),
        "fit_seconds": round(seconds, 3),
        "iterations": len(model.bounds_),
        "accuracy": float(
            np.mean([answers.labels[c] == truth[t] for t, c in zip(answers.tasks, merged.label, strict=True)])
        ),
        "rss_mib": round(psutil.Process(os.getpid()).memory_info().rss / 2**20),
        "target_seconds": 10,
    }
    result["crowd_kit"] = compare(answers, merged.label, model, seconds)
    if REAL_DATA.is_dir():
        result["real"] = {name: real(name) for name in ("dog", "product")}
    return result


def simulate(path: Path, tasks: int) -> dict[str, str]:
    """Answers of workers of unequal accuracy, each with favourite mistakes; gives the truth."""
    rng = np.random.default_rng(7)
    truth = rng.choice(LABELS, tasks, p=[0.4, 0.3, 0.2, 0.1])
    confusion = rng.dirichlet(np.ones(LABELS) * 0.7, (WORKERS, LABELS))
    accuracy = rng.beta(6, 3, WORKERS)[:, None, None]
    confusion = accuracy * np.eye(LABELS) + (1 - accuracy) * confusion
    task = np.repeat(np.arange(tasks), EACH)
    worker = rng.integers(0, WORKERS, len(task))
    chances = confusion[worker, truth[task]].cumsum(axis=1)
    label = (rng.random(len(task))[:, None] > chances).sum(axis=1).clip(max=LABELS - 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "worker", "answer"])
        writer.writerows(zip(task.tolist(), (f"w{number}" for number in worker.tolist()), label.tolist(), strict=True))
    return {str(number): str(label) for number, label in enumerate(truth.tolist())}


def compare(answers: Answers, label: np.ndarray[Any, Any], model: DawidSkene, seconds: float) -> dict[str, Any]:
    """crowd-kit on the same answers: its seconds, and how far its labels and posteriors differ from ours."""
    if importlib.util.find_spec("crowdkit") is None:
        return {"left_out": "crowd-kit is not installed: pip install 'tongguan[compare]'"}
    warnings.simplefilter("ignore")
    pandas = importlib.import_module("pandas")
    classification = importlib.import_module("crowdkit.aggregation.classification")
    table = pandas.DataFrame({"task": answers.task, "worker": answers.worker, "label": answers.label})
    theirs = classification.DawidSkene(n_iter=100)
    started = time.perf_counter()
    theirs.fit_predict(table)
    their_seconds = time.perf_counter() - started
    probas = theirs.probas_.sort_index()[sorted(theirs.probas_.columns)].to_numpy()
    difference = np.abs(probas - model.probas_)
    same = probas.argmax(axis=1) == label
    return {
        "fit_seconds": round(their_seconds, 3),
        "times_faster": round(their_seconds / seconds, 1),
        "target_times": 5,
        "iterations": len(theirs.loss_history_),
        "same_labels": float(same.mean()),
        "different_labels": int((~same).sum()),
        "largest_difference_of_a_posterior": float(difference.max()),
    }


def real(name: str) -> dict[str, Any]:
    """Accuracy of our Dawid-Skene on a set of real answers, with the same comparison."""
    answers = read_answers(REAL_DATA / name / "answer.csv").answers
    with (REAL_DATA / name / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["question"]: row["truth"] for row in csv.DictReader(file)}
    model = DawidSkene()
    started = time.perf_counter()
    merged = model.fit_predict(answers)
    seconds = time.perf_counter() - started
    right = [answers.labels[c] == truth[t] for t, c in zip(answers.tasks, merged.label, strict=True) if t in truth]
    return {
        "accuracy": float(np.mean(right)),
        "fit_seconds": round(seconds, 4),
        "crowd_kit": compare(answers, merged.label, model, seconds),
    }
