"""Charts, drawn once over a pen: as SVG for pages, as PNG for Word and PDF."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import escape
from itertools import pairwise
from typing import Protocol

from PIL import Image, ImageDraw

from tongguan.reports.schemas import Bars, Chart, Lines, Matrix
from tongguan.reports.service.rendering.fonts import pillow

WIDTH = 680
INK, QUIET, GRID, BLUE, RED = "#1f2733", "#667085", "#d9dee7", "#2f6fd0", "#c0392b"
SCALE = 3
ROW = 26


class Pen(Protocol):
    """What a chart needs."""

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1, dash: bool = False
    ) -> None:
        """A straight line."""

    def rect(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A filled rectangle."""

    def text(self, x: float, y: float, text: str, size: int = 12, color: str = INK, anchor: str = "start") -> None:
        """Text whose middle height is y; `anchor` start, middle or end."""


class SvgPen:
    """Draws an SVG; all text is escaped."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1, dash: bool = False
    ) -> None:
        """A straight line."""
        dashes = ' stroke-dasharray="4 3"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
            f'stroke-width="{width}"{dashes}/>'
        )

    def rect(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A filled rectangle."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0, width):.1f}" height="{height:.1f}" fill="{color}"/>'
        )

    def text(self, x: float, y: float, text: str, size: int = 12, color: str = INK, anchor: str = "start") -> None:
        """Text."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}" '
            f'dominant-baseline="central">{escape(text)}</text>'
        )


class PicturePen:
    """Draws with Pillow, several pixels for each unit."""

    def __init__(self, height: float) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, round(height * SCALE)), "white")
        self._draw = ImageDraw.Draw(self.image)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1, dash: bool = False
    ) -> None:
        """A straight line."""
        pieces = [(0.0, 1.0)]
        if dash:
            count = max(1, round((abs(x2 - x1) + abs(y2 - y1)) / 7))
            pieces = [(at / count, (at + 0.57) / count) for at in range(count)]
        for a, b in pieces:
            ends = [((x1 + (x2 - x1) * share) * SCALE, (y1 + (y2 - y1) * share) * SCALE) for share in (a, b)]
            self._draw.line(ends, fill=color, width=max(1, round(width * SCALE)))

    def rect(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A filled rectangle."""
        if width > 0 and height > 0:
            self._draw.rectangle((x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE), fill=color)

    def text(self, x: float, y: float, text: str, size: int = 12, color: str = INK, anchor: str = "start") -> None:
        """Text."""
        side = {"start": "l", "middle": "m", "end": "r"}[anchor]
        self._draw.text((x * SCALE, y * SCALE), text, fill=color, font=pillow(size * SCALE), anchor=f"{side}m")


def svg(chart: Chart) -> str:
    """The chart as SVG text."""
    pen, height = SvgPen(), height_of(chart)
    _draw(chart, pen)
    title = escape(chart.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(pen.parts)}</svg>"
    )


def png(chart: Chart) -> bytes:
    """The chart as PNG bytes."""
    pen = PicturePen(height_of(chart))
    _draw(chart, pen)
    out = io.BytesIO()
    pen.image.save(out, "PNG", optimize=True)
    return out.getvalue()


def words(chart: Chart) -> str:
    """All text of a chart."""
    if isinstance(chart, Bars):
        return "".join([chart.title, chart.mark_text, *(bar.label + bar.text for bar in chart.bars)])
    if isinstance(chart, Lines):
        return "".join([chart.title, chart.x_from, chart.x_to, chart.y_text, *(one.name for one in chart.series)])
    return "".join([chart.title, chart.row_title, chart.column_title, *chart.rows, *chart.columns])


def height_of(chart: Chart) -> float:
    """Height in units."""
    if isinstance(chart, Bars):
        return 34 + ROW * len(chart.bars) + (22 if chart.mark is not None else 6)
    if isinstance(chart, Lines):
        return 260
    return 70 + ROW * len(chart.rows)


def _draw(chart: Chart, pen: Pen) -> None:
    pen.text(0, 12, chart.title, 13)
    if isinstance(chart, Bars):
        _bars(chart, pen)
    elif isinstance(chart, Lines):
        _lines(chart, pen)
    else:
        _matrix(chart, pen)


def _bars(chart: Bars, pen: Pen) -> None:
    left, right, top = 150.0, 540.0, 34.0

    def at(value: float) -> float:
        return left + (right - left) * min(1.0, max(0.0, value / chart.top if chart.top else 0))

    bottom = top + ROW * len(chart.bars)
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + (right - left) * share
        pen.line(x, top - 4, x, bottom, GRID)
    for number, bar in enumerate(chart.bars):
        y = top + ROW * number
        pen.text(left - 8, y + ROW / 2, _short(bar.label, 20), 12, INK, "end")
        pen.rect(left, y + 6, at(bar.value) - left, ROW - 12, BLUE)
        if bar.low is not None and bar.high is not None:
            middle = y + ROW / 2
            pen.line(at(bar.low), middle, at(bar.high), middle, INK, 1.5)
            for edge in (bar.low, bar.high):
                pen.line(at(edge), middle - 4, at(edge), middle + 4, INK, 1.5)
        pen.text(right + 8, y + ROW / 2, bar.text or f"{bar.value:g}", 11, QUIET)
    if chart.mark is not None:
        pen.line(at(chart.mark), top - 4, at(chart.mark), bottom + 4, RED, 1.5, dash=True)
        pen.text(at(chart.mark), bottom + 12, chart.mark_text, 11, RED, "middle")


def _lines(chart: Lines, pen: Pen) -> None:
    left, right, top, bottom = 56.0, WIDTH - 16.0, 50.0, 226.0
    points = [point for one in chart.series for point in one.points]
    if not points:
        return
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y1 = max(max(y for _, y in points), 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        share = (x - x0) / (x1 - x0) if x1 > x0 else 1.0
        return left + (right - left) * share, bottom - (bottom - top) * y / y1

    for step in range(5):
        y = bottom - (bottom - top) * step / 4
        pen.line(left, y, right, y, GRID)
        pen.text(left - 6, y, f"{y1 * step / 4:.3g}", 11, QUIET, "end")
    pen.text(left, bottom + 16, chart.x_from, 11, QUIET)
    pen.text(right, bottom + 16, chart.x_to, 11, QUIET, "end")
    pen.text(right, 12, chart.y_text, 11, QUIET, "end")
    for number, one in enumerate(chart.series):
        placed = [place(*point) for point in one.points]
        for (ax, ay), (bx, by) in pairwise(placed):
            pen.line(ax, ay, bx, by, one.color, 2)
        for x, y in placed if len(placed) < 40 else placed[-1:]:
            pen.rect(x - 2, y - 2, 4, 4, one.color)
        pen.rect(left + 130 * number, 30, 10, 10, one.color)
        pen.text(left + 130 * number + 14, 35, one.name, 11)


def _matrix(chart: Matrix, pen: Pen) -> None:
    left, top = 150.0, 62.0
    most = max((value for row in chart.cells for value in row), default=0) or 1
    width = min(80.0, (WIDTH - left - 10) / max(1, len(chart.columns)))
    pen.text(left, 30, f"{chart.row_title} ↓  {chart.column_title} →", 11, QUIET)
    for number, name in enumerate(chart.columns):
        pen.text(left + width * (number + 0.5), 48, _short(name, int(width / 7)), 11, INK, "middle")
    for number, (name, row) in enumerate(zip(chart.rows, chart.cells, strict=True)):
        y = top + ROW * number
        pen.text(left - 8, y + ROW / 2, _short(name, 20), 12, INK, "end")
        for column, value in enumerate(row):
            pen.rect(left + width * column, y, width - 2, ROW - 2, _shade(value / most))
            color = "#ffffff" if value / most > 0.55 else INK
            pen.text(left + width * (column + 0.5), y + ROW / 2 - 1, f"{value:g}", 11, color, "middle")


def _shade(share: float) -> str:
    """From near white to blue."""
    mixed: Callable[[int, int], int] = lambda light, dark: round(light + (dark - light) * share)  # noqa: E731
    return f"#{mixed(0xF2, 0x2F):02x}{mixed(0xF5, 0x6F):02x}{mixed(0xFA, 0xD0):02x}"


def _short(text: str, most: int) -> str:
    """A text cut to so many Latin letters; Chinese ones count twice."""
    used = 0
    for at, char in enumerate(text):
        used += 1 if char.isascii() else 2
        if used > most:
            return text[: max(1, at - 1)] + "…"
    return text
