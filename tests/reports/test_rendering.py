"""The document's formats alone: letters that no file can hold, charts without room, text that looks like markup."""

from __future__ import annotations

import io

import docx
import pytest
from PIL import Image

from tongguan.reports.schemas import (
    Bar,
    Bars,
    Chart,
    Document,
    Facts,
    Lines,
    Matrix,
    Section,
    Series,
    Table,
    Words,
)
from tongguan.reports.service.rendering import charts, page, pdf, word

NASTY = "坏\x00\x0b字 </text><script>x</script> & \"q\" '#eval(1)' $x$ _a_ @b \\u{41}"
CHARTS: list[Chart] = [
    Bars(title=NASTY, bars=[Bar(label=NASTY, value=0.5, low=0.1, high=2.0)], top=1, mark=0.7, mark_text=NASTY),
    Bars(title="empty", bars=[], top=0),
    Lines(title="one point", series=[Series(name=NASTY, points=[(1, 1)], color="#2f6fd0")], x_from="a", x_to="b"),
    Lines(title="none", series=[], x_from="", x_to=""),
    Matrix(title="m", rows=["a"] * 30, columns=["b"] * 30, cells=[[0.0] * 30] * 30, row_title="r", column_title="c"),
    Matrix(title="none", rows=[], columns=[], cells=[], row_title="", column_title=""),
]


def document(*blocks: object) -> Document:
    section = Section.model_validate({"title": NASTY, "blocks": list(blocks)})
    head = Facts(rows=[(NASTY, NASTY)])
    return Document(language="zh", title=NASTY, subtitle=NASTY, head=head, sections=[section], foot=NASTY)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title[:10])
def test_charts_hold_any_text(chart: Chart) -> None:
    svg = charts.svg(chart)
    assert "<script>" not in svg
    assert Image.open(io.BytesIO(charts.png(chart))).size[0] == charts.WIDTH * charts.SCALE


def test_every_format_holds_any_text() -> None:
    table = Table(columns=[NASTY, "b"], rows=[[NASTY, "1"]], right=[1])
    made = document(Words(text=NASTY, tone="bad"), table, Facts(rows=[(NASTY, NASTY)]), *CHARTS)
    html = page.render(made).decode()
    assert "<script>" not in html
    opened = docx.Document(io.BytesIO(word.render(made)))
    assert "</text><script>" in opened.paragraphs[0].text
    assert pdf.render(made).startswith(b"%PDF-")
    assert all(one.startswith(b"\x89PNG") for one in pdf.pages(made))
