"""From marks and scores to a verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any


def verdict_of(
    labels: Sequence[dict[str, Any]], threshold: float, doubt: float | None, good_labels: Collection[str]
) -> tuple[str, str]:
    """(verdict, why it is `check`). A mark of a class that is no defect never makes one.

    Where the model names a class for the whole picture and is sure of none, somebody looks.
    """
    scored = [(float(label.get("score") or 0.0), label) for label in labels]
    bad = [score for score, label in scored if label["label"] not in good_labels]
    if any(score >= threshold for score in bad):
        return "defect", ""
    if doubt is not None and any(score >= doubt for score in bad):
        return "check", "deploy.doubt"
    whole = [score for score, label in scored if label["kind"] == "class"]
    if whole and max(whole) < threshold:
        return "check", "deploy.unsure"
    return "ok", ""


def top_score(labels: Sequence[dict[str, Any]], good_labels: Collection[str]) -> float:
    """The highest score of a mark that could be a defect; 0 where there is none."""
    return max((float(label.get("score") or 0.0) for label in labels if label["label"] not in good_labels), default=0.0)
