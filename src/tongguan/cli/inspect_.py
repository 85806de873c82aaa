"""`tongguan inspect`: a folder or archive through all checks, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongguan.catalog.formats.registry import FORMATS
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop, write_json
from tongguan.cli.trees import Progress, find_format, known_format, open_source, refused_json
from tongguan.prepare.checks.inspection import Inspection, inspect_tree
from tongguan.prepare.checks.page import render

_FORMATS = ", ".join((*FORMATS, "pictures"))


def command(
    path: Annotated[Path, typer.Argument(help="A folder, an archive (zip, tar), or one label file.")],
    format_: Annotated[str, typer.Option("--format", help=f"auto, or one of {_FORMATS}.")] = "auto",
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures to this file.")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit code 1 when the data gate is closed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Read, measure and check every item, and say whether the default data gate would open.

    Example: tongguan inspect plates --html report.html --gate
    """
    if format_ not in ("auto", "pictures"):
        known_format(format_, "--format", json)
    tree = open_source(path, json)
    try:
        found = find_format(tree, format_, "--format", json, unlabelled=True)
        inspection = inspect_tree(tree, found.format, Progress("inspect"))
        if not inspection.report.items:
            reasons = "; ".join(f"{each.item}: {each.reason}" for each in inspection.report.refused[:5])
            stop(f"nothing to inspect was found as {found.format.id}. {reasons}".strip(), WORK_FAILED, json)
        if html is not None:
            _write_page(html, render(inspection, tree, str(path), found.format.id, found.why), json)
    finally:
        tree.close()
    if json:
        write_json(
            {
                "format": found.format.id,
                "why": found.why,
                "items": inspection.report.items,
                "labels": inspection.report.labels,
                "gate": {"open": inspection.verdict.open, "missing": list(inspection.verdict.missing)},
                "problems": [
                    {"item": p.item, "check": p.check, "other": p.other, "detail": p.detail}
                    for p in inspection.problems
                ],
                "refused": refused_json(inspection.report.refused),
                "notes": inspection.report.notes,
            }
        )
    else:
        _print(inspection, found.format.id, found.why)
    if gate and not inspection.verdict.open:
        raise typer.Exit(WORK_FAILED)


def _write_page(file: Path, text: str, json: bool) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)


def _print(inspection: Inspection, format_id: str, why: str) -> None:
    labels = ", ".join(f"{count:,} {kind}" for kind, count in sorted(inspection.report.labels.items())) or "no labels"
    typer.echo(f"{format_id} ({why}): {inspection.report.items:,} items, {labels}")
    for problem in inspection.problems[:50]:
        other = f" (see {problem.other})" if problem.other else ""
        typer.echo(f"{problem.check:15} {problem.item}: {problem.detail}{other}")
    if len(inspection.problems) > 50:
        typer.echo(f"… {len(inspection.problems) - 50} more problems; --json lists all")
    for each in inspection.report.refused[:20]:
        typer.echo(f"not read: {each.item}: {each.count} {each.kind}: {each.reason}")
    missing = ", ".join(inspection.verdict.missing)
    typer.echo("the data gate is open" if inspection.verdict.open else f"the data gate is closed: {missing}")
