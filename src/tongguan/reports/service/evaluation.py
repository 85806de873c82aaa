"""The report of an evaluation: verdict with reasons, figures, slices, curves, confusion, worst pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongguan.core.errors import Conflict
from tongguan.evaluate.interface import Evaluation, benchmark_of, evaluation_of
from tongguan.projects.interface import project_of
from tongguan.reports.schemas import Bar, Bars, Block, Facts, Lines, Matrix, Pictures, Section, Series, Table, Words
from tongguan.reports.service import numbers, pictures
from tongguan.reports.service.view import View
from tongguan.reports.service.words import WORDS
from tongguan.train.interface import models_of

MOST_PICTURES = 12
MOST_CLASSES = 20
COLORS = ("#2f6fd0", "#1a7f4b", "#c05621", "#7c3aed", "#0e7490")


def find(view: View, number: int) -> Evaluation:
    """A finished evaluation of the project. NotFound, or Conflict while it is not done."""
    row = evaluation_of(view.session, project_of(view.session, view.project.id).id, number)
    if row.state != "done":
        raise Conflict("report.not_done", "The evaluation is not done yet.", {"number": number, "state": row.state})
    return row


def sections(view: View, row: Evaluation) -> list[Section]:
    """All sections of the report."""
    found = [_head(view, row), _metrics(view, row), _operating(view, row)]
    if row.slices:
        found.append(_slices(view, row))
    worst = pictures.worst(view.session, view.storage, row.worst, view.words("worst_caption"), MOST_PICTURES)
    if worst:
        blocks: list[Block] = [Words(text=view.words("worst_legend"), tone="quiet"), Pictures(pictures=worst)]
        found.append(Section(title=view.words("worst"), blocks=blocks))
    return found


def _head(view: View, row: Evaluation) -> Section:
    models = {one.id: one for one in models_of(view.session, view.project.id)}
    benchmark = benchmark_of(view.session, row.benchmark_id)
    model, other = models.get(row.model_version_id), models.get(row.champion_id) if row.champion_id else None
    if model is not None:
        view.sources["model"] = f"m{model.number} {model.sha256[:16]}"
        view.sources["dataset"] = f"v{model.dataset_version}" if model.dataset_version else "–"
    view.sources["evaluation"] = f"#{row.number}"
    view.sources["benchmark"] = f"#{benchmark.number} {benchmark.manifest_hash[:16]}"
    facts = [
        (view.words("model"), f"m{model.number}" if model else "–"),
        (view.words("compared"), f"m{other.number}" if other else view.words("no_champion")),
        (view.words("benchmark"), f"#{benchmark.number} {benchmark.name} · {benchmark.manifest_hash[:16]}"),
        (view.words("items"), numbers.figure(row.items)),
        (view.words("overlap"), numbers.figure(row.overlap)),
        (view.words("left_out"), numbers.figure(row.left_out)),
    ]
    return Section(title=view.words("verdict"), blocks=[*verdict(view, row), Facts(rows=facts)])


def verdict(view: View, row: Evaluation) -> list[Block]:
    """Whether the model may follow, and every reason."""
    passed = bool(row.passed)
    blocks: list[Block] = [Words(text=view.words("passed" if passed else "failed"), tone="good" if passed else "bad")]
    for reason in row.reasons:
        ok = reason.get("ok")
        tone: Any = "good" if ok else "quiet" if ok is None else "bad"
        blocks.append(Words(text=reason_text(view, reason), tone=tone))
    return blocks


def reason_text(view: View, reason: Mapping[str, Any]) -> str:
    """A reason of the verdict in words; an unknown one by its code and figures."""
    template = WORDS[view.language]["reasons"].get(reason.get("code"))
    params = dict(reason.get("params") or {})
    if template is None:
        return f"{reason.get('code')} {params}"
    shown = {key: numbers.figure(value) for key, value in params.items()}
    shown["kind"] = view.named("slice_kinds", params.get("kind", ""))
    shown["value"] = numbers.figure(params.get("value"))
    if "slice" in params:  # there `value` is the difference
        shown["value"] = _slice_value(view, {**params, "value": params["slice"]})
    shown["metric"] = numbers.metric_name(str(params.get("metric", "–")))
    shown["difference"] = numbers.signed(params)
    shown["interval"] = numbers.interval(params)
    return str(template).format_map(_Missing(shown))


class _Missing(dict[str, str]):
    """A figure that a reason lacks is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _slice_value(view: View, part: Mapping[str, Any]) -> str:
    if part.get("kind") == "class":
        return view.class_name(str(part.get("value")))
    if part.get("kind") in ("size", "brightness"):
        return view.named("sizes", part.get("value"))
    return str(part.get("value"))


def _metrics(view: View, row: Evaluation) -> Section:
    rows = [
        [numbers.metric_name(key), numbers.figure(found.get("value")), numbers.interval(found)]
        for key, found in row.metrics.items()
    ]
    bars = [
        Bar(
            label=numbers.metric_name(key),
            value=found["value"],
            low=found.get("low"),
            high=found.get("high"),
            text=numbers.metric(found),
        )
        for key, found in row.metrics.items()
        if found.get("value") is not None and 0 <= found["value"] <= 1
    ]
    blocks: list[Block] = [Bars(title=view.words("evaluation"), bars=bars, top=1)] if bars else []
    blocks.append(Table(columns=view.listed("metric_columns"), rows=rows, right=[1, 2]))
    difference = row.comparison.get("difference") or {}
    if difference:
        theirs = row.comparison.get("metrics") or {}
        table = [
            [
                numbers.metric_name(key),
                numbers.metric(theirs.get(key)),
                numbers.signed(found),
                numbers.interval(found),
                numbers.share(found.get("better")),
            ]
            for key, found in difference.items()
        ]
        blocks.append(Words(text=view.words("difference"), tone="quiet"))
        blocks.append(Table(columns=view.listed("difference_columns"), rows=table, right=[2, 3, 4]))
    return Section(title=view.words("evaluation"), blocks=blocks)


def _operating(view: View, row: Evaluation) -> Section:
    detail = row.detail
    point = detail.get("operating") or {}
    rows = [(view.words(key), numbers.metric(point[key])) for key in ("precision", "recall") if key in point]
    rows += [("F1", numbers.metric(point["f1"]))] if "f1" in point else []
    rows += [(view.words(key), numbers.figure(point[key])) for key in ("right", "missed", "invented") if key in point]
    if "threshold" in point:
        rows.insert(0, (view.listed("model_columns")[-1], numbers.figure(point["threshold"])))
    if "cost_fen" in point:
        rows.append((view.words("cost_fen"), numbers.money(point["cost_fen"])))
    blocks: list[Block] = [Facts(rows=rows)]
    curves = (detail.get("precision_recall") or [])[: len(COLORS)]
    if curves:
        blocks.append(_curves(view, curves))
    cells = (detail.get("confusion") or {}).get("cells") or []
    if cells:
        blocks.append(_confusion(view, cells))
    return Section(title=view.words("operating"), blocks=blocks)


def _curves(view: View, curves: list[dict[str, Any]]) -> Lines:
    series = []
    for one, color in zip(curves, COLORS, strict=False):
        values = one.get("precision") or []
        step = 1 / max(1, len(values) - 1)
        points = [(at * step, float(value)) for at, value in enumerate(values)]
        series.append(Series(name=view.class_name(str(one.get("label"))), points=points, color=color))
    return Lines(
        title=view.words("pr"),
        series=series,
        x_from=f"{view.words('recall')} 0",
        x_to=f"{view.words('recall')} 1",
        y_text=view.words("precision"),
    )


def _confusion(view: View, cells: list[dict[str, Any]]) -> Matrix:
    counted = {(cell["truth"], cell["found"]): cell["count"] for cell in cells}
    names = sorted({name for pair in counted for name in pair if name})[:MOST_CLASSES]
    names.append("")
    shown = [view.class_name(name) if name else view.words("background") for name in names]
    return Matrix(
        title=view.words("confusion_model"),
        rows=shown,
        columns=shown,
        cells=[[float(counted.get((row, column), 0)) for column in names] for row in names],
        row_title=view.words("drawn"),
        column_title=view.words("found"),
    )


def _slices(view: View, row: Evaluation) -> Section:
    main = str(row.rules.get("metric") or next(iter(row.metrics), "map50"))
    rows = []
    for part in row.slices:
        found = part["metrics"].get(main)
        rows.append(
            [
                view.named("slice_kinds", part["kind"]),
                _slice_value(view, part),
                numbers.figure(part.get("items")),
                numbers.figure(part.get("labels")),
                numbers.figure((found or {}).get("value")),
                numbers.interval(found, 2),
                numbers.signed((part.get("difference") or {}).get(main)),
                numbers.figure(part.get("margin"), 2),
            ]
        )
    columns = view.listed("slice_columns", metric=numbers.metric_name(main))
    return Section(title=view.words("slices"), blocks=[Table(columns=columns, rows=rows, right=[2, 3, 4, 5, 6, 7])])
