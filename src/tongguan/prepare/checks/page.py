"""The report of an inspection as one HTML file that needs nothing else, in Chinese and English."""

from __future__ import annotations

import base64
import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.registry import media_type_of
from tongguan.catalog.media.table import ColumnFacts
from tongguan.prepare.checks.dirty_value import CHINESE as KINDS_OF_DIRT
from tongguan.prepare.checks.examples import draw
from tongguan.prepare.checks.gate import CLOSING
from tongguan.prepare.checks.inspection import Inspection
from tongguan.prepare.checks.looks import HELD
from tongguan.prepare.checks.plots import bars, histogram, share
from tongguan.prepare.checks.registry import CHECKS
from tongguan.prepare.checks.tables.looking import TableSeen

TEMPLATE = Path(__file__).with_name("page.html")
PICTURES_SHOWN = 60
PROBLEMS_SHOWN = 2000
CLASSES_DRAWN = 30
CHINESE = {
    "unreadable": "无法读取",
    "truncated": "文件不完整",
    "wrong_type": "类型不符",
    "duplicate": "完全重复",
    "near_duplicate": "近似重复",
    "blank": "空白",
    "dark": "过暗",
    "blurred": "模糊",
    "size_outlier": "尺寸异常",
    "label_outside": "标注出界",
    "zero_area": "标注面积为零",
    "self_crossing": "轮廓自相交",
    "label_overlap": "标注相互交叉",
    "leaking_column": "泄漏列",
    "split_group": "同组分到两侧",
    "dirty_value": "脏值",
    "missing_value": "缺失值",
}


ROLES = {
    "input": ("输入", "input"),
    "target": ("目标", "target"),
    "group": ("分组", "group"),
    "side": ("划分", "side"),
    "id": ("编号", "id"),
    "leaking": ("泄漏", "leaking"),
    "left out": ("不用", "left out"),
    "open": ("未定", "open"),
}
TYPES = {
    "number": ("数值", "number"),
    "category": ("类别", "category"),
    "text": ("文本", "text"),
    "time": ("时间", "time"),
    "empty": ("空", "empty"),
}
FIGURES = {
    "width": ("宽度，像素", "width, px"),
    "height": ("高度，像素", "height, px"),
    "bytes": ("文件大小，字节", "file size, bytes"),
    "labels": ("每条标注数", "labels an item"),
    "label_side": ("标注边长（面积开方），像素", "side of a label (root of its area), px"),
    "seconds": ("时长，秒", "length, s"),
    "rate": ("采样率，Hz", "samples a second"),
    "frames": ("帧数", "frames"),
    "points": ("点数", "points"),
    "pages": ("页数", "pages"),
    "characters": ("字数", "characters"),
    "turns": ("轮数", "turns"),
}


def render(inspection: Inspection, tree: Tree, source: str, format_id: str, why: str) -> str:
    """The page. Every text of the data is escaped; pictures are embedded as small JPEGs, at most 60 of them."""
    counts = Counter(problem.check for problem in inspection.problems)
    rows = [
        {
            "id": check.id,
            "zh": CHINESE.get(check.id, check.id),
            "en": check.title,
            "closes": check.closes,
            "n": counts[check.id],
        }
        for check in CHECKS.values()
    ]
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(TEMPLATE.read_text("utf-8"))
    pictures = _pictures(inspection, tree)
    return template.render(
        source=source,
        format=format_id,
        why=why,
        report=inspection.report,
        verdict=inspection.verdict,
        tally=inspection.tally,
        classes=_classes(inspection),
        figures=_figures(inspection),
        tables=[_table(table) for table in inspection.tables],
        checks=rows,
        problems=[
            {
                "item": p.item,
                "check": p.check,
                "name": CHINESE.get(p.check, p.check),
                "other": p.other,
                "zh": p.zh or p.detail,
                "en": p.detail,
                "closes": p.check in CLOSING,
            }
            for p in sorted(inspection.problems, key=lambda p: p.check not in CLOSING)[:PROBLEMS_SHOWN]
        ],
        hidden=max(0, len(inspection.problems) - PROBLEMS_SHOWN),
        pictures=pictures,
        examples=_examples(inspection, tree),
    )


def _classes(inspection: Inspection) -> list[dict[str, Any]]:
    balance = {row["kind"]: row for row in inspection.tally.balance()}
    return [
        {
            "kind": kind,
            "total": counts.total(),
            "plot": bars(counts.most_common(CLASSES_DRAWN)),
            "more": max(0, len(counts) - CLASSES_DRAWN),
            **balance[kind],
        }
        for kind, counts in sorted(inspection.tally.classes.items())
    ]


def _figures(inspection: Inspection) -> list[dict[str, Any]]:
    shown = []
    for name, values in inspection.tally.figures.items():
        if not values or min(values) == max(values) == 0:
            continue
        zh, en = FIGURES.get(name, (name, name))
        counts = (
            [int(each) for each in np.histogram(values, bins=24)[0]] if min(values) < max(values) else [len(values)]
        )
        low, high = f"{min(values):,.6g}", f"{max(values):,.6g}"
        median = f"{float(np.median(values)):,.6g}"
        shown.append(
            {"zh": zh, "en": en, "low": low, "median": median, "high": high, "plot": histogram(counts, low, high)}
        )
    return shown


def _table(table: TableSeen) -> dict[str, Any]:
    return {
        "name": table.name,
        "rows": table.rows,
        "files": table.files,
        "target": table.target,
        "why": table.target_why,
        "group": table.group,
        "groups": table.groups,
        "time": table.time,
        "rhythm": table.rhythm,
        "plot": bars(list(table.classes.items())[:CLASSES_DRAWN]),
        "columns": [_column(column, table.roles.get(column.name, "input")) for column in table.columns],
    }


def _column(column: ColumnFacts, role: str) -> dict[str, Any]:
    plot = histogram(column.histogram, column.low or "", column.high or "") if column.histogram else ""
    if column.type in ("category", "text"):
        plot = bars([(name, count) for name, count in column.top[:4]], label_width=130, width=300)
    cleaned = [
        {
            "zh": KINDS_OF_DIRT.get(one.kind, one.kind),
            "en": one.kind.replace("_", " "),
            "count": one.count,
            "examples": ", ".join(_example(cell, value) for _, cell, value in one.examples),
        }
        for one in column.cleaned
    ]
    return {
        "name": column.name,
        "type": TYPES[column.type],
        "role": ROLES[role],
        "leaks": role == "leaking",
        "missing": column.missing,
        "part": share(column.missing / column.rows) if column.missing else "",
        "percent": f"{column.missing / max(1, column.rows):.1%}",
        "distinct": column.distinct,
        "unit": column.unit,
        "median": column.median,
        "plot": plot,
        "cleaned": cleaned,
    }


def _example(cell: str, value: float | None) -> str:
    return f"“{cell}”" if value is None else f"“{cell}” → {value:.10g}"


def _pictures(inspection: Inspection, tree: Tree) -> dict[str, str]:
    """Small pictures of the first items with a problem, as data addresses."""
    wanted = dict.fromkeys(name for problem in inspection.problems for name in (problem.item, problem.other) if name)
    known = set(tree.list())
    found: dict[str, str] = {}
    for name in wanted:
        media = media_type_of(name)
        if len(found) >= PICTURES_SHOWN:
            break
        if name not in known or media is None or tree.size(name) > HELD:
            continue
        try:
            with tree.open(name) as stream:
                small = media.preview(io.BytesIO(stream.read()), name, 160).picture
        except (OSError, MediaProblem):
            continue
        if small is not None:
            found[name] = address(small)
    return found


def _examples(inspection: Inspection, tree: Tree) -> list[dict[str, str]]:
    shown = []
    for example in inspection.examples:
        picture, text = draw(example, tree, 320)
        if picture is not None or text:
            source = address(picture) if picture is not None else ""
            shown.append({"item": example.item, "labels": example.labels, "picture": source, "text": text[:300]})
    return shown


def address(picture: bytes) -> str:
    """A JPEG as a data address."""
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode("ascii")
