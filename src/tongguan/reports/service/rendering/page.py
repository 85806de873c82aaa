"""A document as one HTML file that needs nothing beside it."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from tongguan.reports.schemas import Bars, Document, Lines, Matrix
from tongguan.reports.service.rendering import charts


def render(document: Document) -> bytes:
    """The HTML. Names come from people: everything is escaped, charts escape their own text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    return environment.get_template("report.html").render(document=document, chart=_chart).encode("utf-8")


def _chart(block: Bars | Lines | Matrix) -> Markup:
    return Markup(charts.svg(block))  # noqa: S704 (built by `charts`, which escapes every text)
