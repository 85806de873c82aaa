"""`tongguan aggregate`: many people's answers merged into one a task."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.cli import aggregate_labels
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop
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
    answers: Annotated[
        Path, typer.Argument(help="A CSV in UTF-8 with one answer a row; with --kind JSON or JSON lines.")
    ],
    method: Annotated[
        str | None, typer.Option(help=f"For classes one of {_METHODS}; other kinds have one each.")
    ] = None,
    kind: Annotated[str, typer.Option(help="Label kind of the answers, such as box, mask, span or ranking.")] = "class",
    columns: Annotated[
        str | None, typer.Option(help="Columns by name; default task=question,worker=worker,label=answer.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Merge the answers of many people into one a task, and say how far each person can be trusted.

    Rows without an answer are left out and listed under `refused`; the exit code is then 1.

    With --kind, the file holds one object an answer: {"task": "a.jpg", "worker": "ann", "labels": [{"x": 1, "y": 2,
    "width": 30, "height": 40, "label": "scratches"}]}; an empty list says "nothing here".

    Example: tongguan aggregate answers.csv --method dawid-skene --columns task=item,worker=who,label=said --json

    Example: tongguan aggregate answers.json --kind box --json
    """
    if kind not in LABEL_KINDS:
        stop(f"--kind {kind} is unknown; the kinds are {', '.join(LABEL_KINDS)}", BAD_USAGE, json)
    if kind != "class" or answers.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        if columns is not None:
            stop("--columns is for CSV; a JSON answer has the keys task, worker and labels", BAD_USAGE, json)
        aggregate_labels.run(answers, kind, method, json)
        return
    method = method or "majority"
    if method not in AGGREGATIONS:
        stop(f"--method {method} is unknown; the methods are {_METHODS}", BAD_USAGE, json)
    table = _read(answers, columns, json)
    aggregate_labels.show(method, table, json, answers)


def _read(path: Path, columns: str | None, json: bool) -> AnswerTable:
    try:
        return read_answers(path, parse_columns(columns) if columns is not None else None)
    except ColumnsUnclear as error:
        stop(str(error), BAD_USAGE, json)
    except AnswersUnreadable as error:
        stop(str(error), WORK_FAILED, json)
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)
