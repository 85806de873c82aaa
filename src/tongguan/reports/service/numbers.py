"""Figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

METRICS = {
    "map50": "mAP50",
    "map50_95": "mAP50-95",
    "accuracy": "Accuracy",
    "macro_f1": "F1 (macro)",
    "ece": "ECE",
    "entity_f1": "F1",
    "cer": "CER",
    "wer": "WER",
    "mse": "MSE",
    "mae": "MAE",
    "auroc": "AUROC",
    "miou": "mIoU",
    "dice": "Dice",
    "qwk": "QWK",
    "grade_mae": "MAE (grades)",
    "within_one": "±1",
}


def metric_name(key: str) -> str:
    """The name of a metric as people write it; one that is not known keeps its id."""
    return METRICS.get(key, key)


def when(moment: datetime | str | None, zone: ZoneInfo) -> str:
    """A moment in the organization's time zone."""
    if moment is None:
        return "–"
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def share(value: float | None) -> str:
    """A share as percent."""
    return "–" if value is None else f"{value * 100:.1f} %"


def between(low: float | None, high: float | None) -> str:
    """An interval of shares."""
    return "–" if low is None or high is None else f"{low * 100:.1f}–{high * 100:.1f} %"


def money(fen: int | float | None) -> str:
    """An amount of fen as yuan."""
    return "–" if fen is None else f"¥{fen / 100:,.2f}"


def figure(value: Any, digits: int = 3) -> str:
    """A number with so many digits; text as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def metric(found: Mapping[str, Any] | None) -> str:
    """A metric with its interval: 0.671 (0.63–0.71)."""
    if not found or found.get("value") is None:
        return "–"
    text = f"{found['value']:.3f}"
    if found.get("low") is None or found.get("high") is None:
        return text
    return f"{text} ({found['low']:.2f}–{found['high']:.2f})"


def interval(found: Mapping[str, Any] | None, digits: int = 3) -> str:
    """The interval of a metric alone."""
    if not found or found.get("low") is None or found.get("high") is None:
        return "–"
    return f"{found['low']:.{digits}f} – {found['high']:.{digits}f}"


def signed(found: Mapping[str, Any] | None) -> str:
    """A difference with its sign."""
    return "–" if not found or found.get("value") is None else f"{found['value']:+.3f}"
