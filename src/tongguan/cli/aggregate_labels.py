"""`tongguan aggregate --kind`: labels of several people merged, and what both forms of the command print."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import typer

from tongguan.catalog.labels.registry import dump_labels
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop, write_json
from tongguan.quality.aggregation.base import Answers, Merged
from tongguan.quality.aggregation.labels.answers import LabelAnswers, read_label_answers
from tongguan.quality.aggregation.labels.merge import METHODS, MergedAnswers, merge
from tongguan.quality.aggregation.registry import AGGREGATIONS
from tongguan.quality.aggregation.reliability import alpha_per_label, krippendorff_alpha
from tongguan.quality.aggregation.table import AnswersUnreadable, AnswerTable, RefusedRow


def run(path: Path, kind: str, method: str | None, json: bool) -> None:
    """Merges the labels of one kind in a JSON file; classes given once an answer go to the methods for classes."""
    read = _read(path, kind, json)
    simple = kind == "class" and all(len(each.labels) == 1 and _plain_class(each.labels[0]) for each in read.answers)
    if simple and read.answers:
        chosen = method or "majority"
        if chosen not in AGGREGATIONS:
            stop(f"--method {chosen} is unknown; the methods are {', '.join(AGGREGATIONS)}", BAD_USAGE, json)
        rows = [(each.task, each.worker, each.labels[0].label) for each in read.answers]
        show(chosen, AnswerTable(Answers.from_rows(rows), read.refused, read.refused_count), json, path)
        return
    if method not in (None, METHODS[kind].id):
        stop(f"--method {method}: labels of kind {kind} are merged by {METHODS[kind].id}", BAD_USAGE, json)
    merged = merge(read.answers, kind)
    if json:
        write_json(_labels_as_json(kind, read, merged))
    else:
        _print_labels(merged)
    _end(path, read.refused, read.refused_count)


def _plain_class(label: Any) -> bool:
    return label.kind == "class" and label.grade is None


def _read(path: Path, kind: str, json: bool) -> LabelAnswers:
    try:
        return read_label_answers(path, kind)
    except AnswersUnreadable as error:
        stop(str(error), WORK_FAILED, json)
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)


def show(method: str, table: AnswerTable, json: bool, path: Path) -> None:
    """Merges a table of classes and prints it; exit code 1 when rows were left out."""
    merged = AGGREGATIONS[method]().fit_predict(table.answers)
    if json:
        write_json(_as_json(method, table, merged))
    else:
        _print(table.answers, merged)
    _end(path, table.refused, table.refused_count)


def _end(path: Path, refused: tuple[RefusedRow, ...], count: int) -> None:
    if not count:
        return
    first = refused[0]
    typer.echo(
        f"{count} rows were left out; the first is {path}:{first.row}, column {first.column}: {first.reason}", err=True
    )
    raise typer.Exit(WORK_FAILED)


def _refused_as_json(refused: tuple[RefusedRow, ...], count: int) -> dict[str, Any]:
    if not count:
        return {}
    rows = [{"row": each.row, "column": each.column, "reason": each.reason} for each in refused]
    return {"refused": rows, "refused_count": count}


def _labels_as_json(kind: str, read: LabelAnswers, merged: MergedAnswers) -> dict[str, Any]:
    result: dict[str, Any] = {
        "method": merged.method,
        "kind": kind,
        "tasks": [
            {
                "task": each.task,
                "labels": dump_labels(each.labels),
                "confidence": each.confidence,
                "tie": each.tie,
                "people": each.people,
            }
            for each in merged.tasks
        ],
        "workers": [
            {"worker": worker, "answers": merged.answers[worker], "skill": skill}
            for worker, skill in merged.skill.items()
        ],
    }
    if read.other_kinds and kind != "relation":
        result["other_kinds"] = dict(read.other_kinds)
    return result | _refused_as_json(read.refused, read.refused_count)


def _as_json(method: str, table: AnswerTable, merged: Merged) -> dict[str, Any]:
    answers = table.answers
    result: dict[str, Any] = {
        "method": method,
        "tasks": [
            {"task": task, "label": answers.labels[label], "confidence": confidence, "tie": tie}
            for task, label, confidence, tie in zip(
                answers.tasks, merged.label.tolist(), merged.confidence.tolist(), merged.tie.tolist(), strict=True
            )
        ],
        "workers": [
            {"worker": worker, "answers": number, "skill": skill}
            for worker, number, skill in zip(
                answers.workers, answers.answers_per_worker().tolist(), merged.skill.tolist(), strict=True
            )
        ],
        "alpha": _number(krippendorff_alpha(answers.counts())),
        "alphas": {label: _number(value) for label, value in alpha_per_label(answers).items()},
    }
    return result | _refused_as_json(table.refused, table.refused_count)


def _number(value: float) -> float | None:
    """None where nobody answered a task that somebody else answered too."""
    return None if math.isnan(value) else float(value)


def _print_labels(merged: MergedAnswers) -> None:
    typer.echo("task\tlabel\tid\tscore")
    for task in merged.tasks:
        for label in task.labels:
            typer.echo(f"{task.task}\t{label.label}\t{label.id}\t{label.score or 0:.4f}")
        if not task.labels:
            typer.echo(f"{task.task}\t\t\t{task.confidence:.4f}")
    typer.echo("\nworker\tanswers\tskill")
    for worker, skill in merged.skill.items():
        typer.echo(f"{worker}\t{merged.answers[worker]}\t{skill:.4f}")


def _print(answers: Answers, merged: Merged) -> None:
    typer.echo("task\tlabel\tconfidence\ttie")
    for task, label, confidence, tie in zip(answers.tasks, merged.label, merged.confidence, merged.tie, strict=True):
        typer.echo(f"{task}\t{answers.labels[label]}\t{confidence:.4f}\t{'tie' if tie else ''}")
    typer.echo("\nworker\tanswers\tskill")
    counts = answers.answers_per_worker()
    for worker, number, skill in zip(answers.workers, counts, merged.skill, strict=True):
        typer.echo(f"{worker}\t{number}\t{skill:.4f}")
