"""`tongguan inspect`: a folder or archive through all checks, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.catalog.formats.registry import FORMATS, Undecidable, detect
from tongguan.catalog.media.table import SUFFIXES
from tongguan.catalog.media.table.read import suffix
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop, write_json
from tongguan.cli.trees import AnyTree, Progress, find_format, known_format, open_source, refused_json
from tongguan.prepare.checks.inspection import Inspection, inspect_tables, inspect_tree
from tongguan.prepare.checks.media_files import MediaFilesReader
from tongguan.prepare.checks.page import render
from tongguan.prepare.checks.tables import ChoiceProblem, TableWish

TABLE = "table"
MEDIA = MediaFilesReader()
ROWS = (TABLE, "parquet")
_FORMATS = ", ".join((*FORMATS, "pictures", MEDIA.id))
_KEYS = ("table", "target", "group", "time", "negative", "exclude")


def command(
    path: Annotated[Path, typer.Argument(help="A folder, an archive (zip, tar), or one file: labels or a table.")],
    format_: Annotated[str, typer.Option("--format", help=f"auto, or one of {_FORMATS}.")] = "auto",
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures and plots to this file.")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit code 1 when the data gate is closed.")] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help=f"Of tables, as key=value: {', '.join(_KEYS)} (columns parted by commas)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Read, measure and check every item, and say whether the default data gate would open.

    Examples: tongguan inspect plates --html report.html --gate
    tongguan inspect blood.csv --set target="Tumor type" --set negative=Normal --json
    """
    if format_ not in ("auto", "pictures", MEDIA.id):
        known_format(format_, "--format", json)
    wish = _wish(set_ or [], json)
    tree = open_source(path, json)
    try:
        inspection, format_id, why = _inspect(tree, format_, wish, json)
        if not inspection.report.items:
            reasons = "; ".join(f"{each.item}: {each.reason}" for each in inspection.report.refused[:5])
            stop(f"nothing to inspect was found as {format_id}. {reasons}".strip(), WORK_FAILED, json)
        if html is not None:
            _write_page(html, render(inspection, tree, str(path), format_id, why), json)
    finally:
        tree.close()
    if json:
        write_json(_answer(inspection, format_id, why))
    else:
        _print(inspection, format_id, why)
    if gate and not inspection.verdict.open:
        raise typer.Exit(WORK_FAILED)


def _inspect(tree: AnyTree, wanted: str, wish: TableWish, json: bool) -> tuple[Inspection, str, str]:
    """(what was found, format id, why that format)."""
    if wanted in ROWS or (wanted == "auto" and _is_table(tree)):
        why = "given by --format" if wanted in ROWS else "tables, and nothing else that could be items"
        try:
            return inspect_tables(tree, wish), TABLE, why
        except ChoiceProblem as problem:
            stop(str(problem), BAD_USAGE, json, candidates=problem.candidates)
    if wanted == MEDIA.id or (wanted == "auto" and _is_media(tree)):
        return inspect_tree(tree, MEDIA, Progress("inspect")), MEDIA.id, MEDIA.sniff(tree).evidence
    found = find_format(tree, wanted, "--format", json, unlabelled=True)
    return inspect_tree(tree, found.format, Progress("inspect")), found.format.id, found.why


def _is_table(tree: AnyTree) -> bool:
    """Tables, no format of labels that claims the tree, and no other file than prose beside them."""
    names = tree.list()
    tables = [name for name in names if suffix(name) in SUFFIXES]
    others = [name for name in names if suffix(name) not in SUFFIXES | {"", ".md", ".txt", ".rst", ".pdf", ".docx"}]
    if not tables or others:
        return False
    try:
        found = detect(tree, unlabelled=True).format.id
        return found in ROWS or found not in FORMATS
    except Undecidable as error:
        return not error.candidates or max(score for _, score, _ in error.candidates) < 0.5


def _is_media(tree: AnyTree) -> bool:
    """Files of known media types, and neither labels nor pictures alone."""
    if MEDIA.sniff(tree).score <= 0:
        return False
    try:
        detect(tree, unlabelled=True)
    except Undecidable as error:
        return not error.candidates or max(score for _, score, _ in error.candidates) < 0.5
    return False


def _wish(settings: list[str], json: bool) -> TableWish:
    found: dict[str, str] = {}
    for text in settings:
        key, equals, value = text.partition("=")
        if not equals or key.strip() not in _KEYS:
            stop(f"--set wants key=value with a key of {', '.join(_KEYS)}, not {text!r}", BAD_USAGE, json)
        found[key.strip()] = value.strip()
    exclude = tuple(name.strip() for name in found.pop("exclude", "").split(",") if name.strip())
    return TableWish(exclude=exclude, **found)


def _answer(inspection: Inspection, format_id: str, why: str) -> dict[str, Any]:
    return {
        "format": format_id,
        "why": why,
        "items": inspection.report.items,
        "labels": inspection.report.labels,
        "gate": {"open": inspection.verdict.open, "missing": list(inspection.verdict.missing)},
        "problems": [
            {
                "item": p.item,
                "check": p.check,
                "other": p.other,
                "detail": p.detail,
                **({"column": p.column} if p.column is not None else {}),
            }
            for p in inspection.problems
        ],
        "refused": refused_json(inspection.report.refused),
        "notes": inspection.report.notes,
        **inspection.tally.to_json(),
        **({"tables": [table.to_json() for table in inspection.tables]} if inspection.tables else {}),
    }


def _write_page(file: Path, text: str, json: bool) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)


def _print(inspection: Inspection, format_id: str, why: str) -> None:
    labels = ", ".join(f"{count:,} {kind}" for kind, count in sorted(inspection.report.labels.items())) or "no labels"
    typer.echo(f"{format_id} ({why}): {inspection.report.items:,} items, {labels}")
    for table in inspection.tables:
        target = f"target {table.target} ({table.target_why})" if table.target else "no target"
        typer.echo(f"{table.name}: {table.rows:,} rows, {len(table.columns)} columns, {target}")
    for row in inspection.tally.balance():
        rare = f"; rare: {', '.join(row['rare'][:10])}" if row["rare"] else ""
        typer.echo(f"{row['kind']}: {row['classes']} classes, the largest {row['ratio']:g} times the smallest{rare}")
    for problem in inspection.problems[:50]:
        other = f" (see {problem.other})" if problem.other else ""
        typer.echo(f"{problem.check:15} {problem.item}: {problem.detail}{other}")
    if len(inspection.problems) > 50:
        typer.echo(f"… {len(inspection.problems) - 50} more problems; --json lists all")
    for each in inspection.report.refused[:20]:
        typer.echo(f"not read: {each.item}: {each.count} {each.kind}: {each.reason}")
    missing = ", ".join(inspection.verdict.missing)
    typer.echo("the data gate is open" if inspection.verdict.open else f"the data gate is closed: {missing}")
