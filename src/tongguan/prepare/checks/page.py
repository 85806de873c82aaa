"""The report of an inspection as one HTML file that needs nothing else, in Chinese and English."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import preview
from tongguan.prepare.checks.inspection import LARGEST_FILE, Inspection
from tongguan.prepare.checks.registry import CHECKS

TEMPLATE = Path(__file__).with_name("page.html")
PICTURES_SHOWN = 60
PROBLEMS_SHOWN = 2000
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
    "leaking_column": "泄漏列",
    "split_group": "同组分到两侧",
    "dirty_value": "脏值",
    "missing_value": "缺失值",
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
    return template.render(
        source=source,
        format=format_id,
        why=why,
        report=inspection.report,
        verdict=inspection.verdict,
        checks=rows,
        problems=[
            {
                "item": p.item,
                "check": p.check,
                "zh": CHINESE.get(p.check, p.check),
                "other": p.other,
                "detail": p.detail,
            }
            for p in inspection.problems[:PROBLEMS_SHOWN]
        ],
        hidden=max(0, len(inspection.problems) - PROBLEMS_SHOWN),
        pictures=_pictures(inspection, tree),
    )


def _pictures(inspection: Inspection, tree: Tree) -> dict[str, str]:
    """Small pictures of the first items with a problem, as data addresses."""
    wanted = dict.fromkeys(name for problem in inspection.problems for name in (problem.item, problem.other) if name)
    known = set(tree.list())
    found: dict[str, str] = {}
    for name in wanted:
        if len(found) >= PICTURES_SHOWN:
            break
        if name not in known or tree.size(name) > LARGEST_FILE:
            continue
        try:
            with tree.open(name) as stream:
                small = preview(stream.read(), 160)
        except (OSError, MediaProblem):
            continue
        found[name] = "data:image/jpeg;base64," + base64.b64encode(small).decode("ascii")
    return found
