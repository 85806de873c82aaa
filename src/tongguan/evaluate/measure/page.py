"""The page of an evaluation: one HTML file that needs nothing beside it, in Chinese and English."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from PIL import Image

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import preview
from tongguan.evaluate.measure.evaluation import Evaluation
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.outcomes import outcomes
from tongguan.evaluate.measure.shown import shown_items
from tongguan.train.recipes.registry import recipe

WORST = 24
SIDE = 220
MOST_CELLS = 40
"""Pairs of true and found class that the page lists, the most frequent first."""
MOST_CELLS_SHOWN = 25
LISTED = ("table", "detections", "point_cloud")
"""Media whose worst items are listed in words."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One box on a small picture, in its pixels: drawn by a person or found by the model."""

    x: float
    y: float
    width: float
    height: float
    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A picture with its boxes, and how many of them were missed or invented."""

    name: str
    picture: str
    width: int
    height: int
    outlines: tuple[Outline, ...]
    missed: int
    invented: int


def page(evaluation: Evaluation) -> str:
    """The HTML text. Names of files and label classes come from people: everything is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    return environment.get_template("page.html").render(
        evaluation=evaluation,
        metrics=evaluation.figures["metrics"],
        classes=_rows(evaluation),
        at=evaluation.at_threshold,
        worst=_worst(evaluation) if recipe(evaluation.recipe).media == "image" else [],
        shown=shown_items(evaluation),
        confusion=evaluation.figures["detail"]["confusion"]["cells"][:MOST_CELLS],
        rows=_worst_rows(evaluation) if recipe(evaluation.recipe).media in LISTED else [],
        slices=[row for row in evaluation.figures["slices"] if row["kind"] not in ("class", "size", "brightness")],
        matrix=_matrix(evaluation),
        bins=[one for one in evaluation.figures["detail"]["calibration"]["bins"] if one["n"]],
    )


def _worst_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Items that are no pictures: name, what people said, what the model said."""

    def words(labels: Sequence[dict[str, Any]]) -> str:
        return ", ".join(
            f"{one['label']} {one['score']:.2f}" if one.get("score") is not None else one["label"] for one in labels
        )

    return [
        {"name": one["name"], "truth": words(one["truth"]), "found": words(one["found"])}
        for one in evaluation.figures["worst"][:WORST]
    ]


def _matrix(evaluation: Evaluation) -> dict[str, Any]:
    """Rows of truth, columns of answers, with counts; empty where there are many classes."""
    found = evaluation.figures["detail"]["confusion"]
    labels = [*found["labels"], ""]
    if len(labels) > MOST_CELLS_SHOWN:
        return {"labels": [], "rows": []}
    cells = {(one["truth"], one["found"]): one["count"] for one in found["cells"]}
    return {"labels": labels, "rows": [(truth, [cells.get((truth, one), 0) for one in labels]) for truth in labels]}


def _rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    return [
        {"label": row["value"], "boxes": row["labels"], "figures": list(row["metrics"].values())}
        for row in evaluation.figures["slices"]
        if row["kind"] == "class"
    ]


def _worst(evaluation: Evaluation) -> list[Example]:
    """The pictures with the most labels missed and invented above the operating threshold; a wrong class is both."""
    became = outcomes(recipe(evaluation.recipe).task, evaluation.judged, evaluation.threshold)
    rows = []
    for one in became:
        counts = one.counts
        missed, invented = counts["missed"] + counts["wrong"], counts["invented"] + counts["wrong"]
        if missed + invented:
            rows.append((-(missed + invented), evaluation.judged[one.at].name, one.at, missed, invented))
    tree = open_tree(evaluation.source)
    examples = (
        _example(tree, _above(evaluation.judged[at], evaluation.threshold), missed, invented)
        for _, _, at, missed, invented in sorted(rows)[:WORST]
    )
    return [one for one in examples if one is not None]


def _above(one: Judged, threshold: float) -> Judged:
    return replace(one, found=one.above(threshold))


def _example(tree: Tree, one: Judged, missed: int, invented: int) -> Example | None:
    try:
        with tree.open(one.path) as stream:
            small = preview(stream.read(), SIDE)
    except (OSError, MediaProblem):
        return None
    shown = Image.open(io.BytesIO(small))
    scale = max(shown.size) / max(one.width, one.height)
    picture = "data:image/jpeg;base64," + base64.b64encode(small).decode()
    outlines = (*_outlines(one.truth, scale, False), *_outlines(one.found, scale, True))
    return Example(one.name, picture, shown.width, shown.height, outlines, missed, invented)


def _outlines(labels: Sequence[LabelRecord], scale: float, found: bool) -> list[Outline]:
    """The extent of each; a class of the whole picture has none."""
    extents = [(label, LABEL_KINDS[label.kind].bounds(label)) for label in labels]
    return [
        Outline(
            extent.x * scale,
            extent.y * scale,
            extent.width * scale,
            extent.height * scale,
            f"{label.label} {label.score:.2f}" if found and label.score is not None else label.label,
            found,
        )
        for label, extent in extents
        if extent is not None
    ]
