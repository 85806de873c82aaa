"""`tongguan aggregate`: many people's answers merged into one a task."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop, write_json
from tongguan.quality.aggregation.base import Answers, Merged
from tongguan.quality.aggregation.registry import AGGREGATIONS
from tongguan.quality.aggregation.table import (
    AnswersUnreadable,
    AnswerTable,
    ColumnsUnclear,
    parse_columns,
    read_answers,
)

_METHODS = ", ".join(AGGREGATIONS)


def command(
    answers: Annotated[Path, typer.Argument(help="A CSV in UTF-8 with one answer a row.")],
    method: Annotated[str, typer.Option(help=f"One of {_METHODS}.")] = "majority",
    columns: Annotated[
        str | None, typer.Option(help="Columns by name; default task=question,worker=worker,label=answer.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Merge the answers of many people into one a task, and say how far each person can be trusted.

    Rows without an answer are left out and listed under `refused`; the exit code is then 1.

    Example: tongguan aggregate answers.csv --method dawid-skene --columns task=item,worker=who,label=said --json
    """
    if method not in AGGREGATIONS:
        stop(f"--method {method} is unknown; the methods are {_METHODS}", BAD_USAGE, json)
    table = _read(answers, columns, json)
    merged = AGGREGATIONS[method]().fit_predict(table.answers)
    if json:
        write_json(_as_json(method, table, merged))
    else:
        _print(table.answers, merged)
    if table.refused_count:
        first = table.refused[0]
        typer.echo(
            f"{table.refused_count} rows were left out; the first is {answers}:{first.row}, "
            f"column {first.column}: {first.reason}",
            err=True,
        )
        raise typer.Exit(WORK_FAILED)


def _read(path: Path, columns: str | None, json: bool) -> AnswerTable:
    try:
        return read_answers(path, parse_columns(columns) if columns is not None else None)
    except ColumnsUnclear as error:
        stop(str(error), BAD_USAGE, json)
    except AnswersUnreadable as error:
        stop(str(error), WORK_FAILED, json)
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)


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
    }
    if table.refused_count:
        result["refused"] = [{"row": each.row, "column": each.column, "reason": each.reason} for each in table.refused]
        result["refused_count"] = table.refused_count
    return result


def _print(answers: Answers, merged: Merged) -> None:
    typer.echo("task\tlabel\tconfidence\ttie")
    for task, label, confidence, tie in zip(answers.tasks, merged.label, merged.confidence, merged.tie, strict=True):
        typer.echo(f"{task}\t{answers.labels[label]}\t{confidence:.4f}\t{'tie' if tie else ''}")
    typer.echo("\nworker\tanswers\tskill")
    counts = answers.answers_per_worker()
    for worker, number, skill in zip(answers.workers, counts, merged.skill, strict=True):
        typer.echo(f"{worker}\t{number}\t{skill:.4f}")
