"""A document as Word file: real headings and tables, charts as pictures, Chinese fonts by name."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from tongguan.reports.schemas import Bars, Block, Document, Facts, Lines, Matrix, Pictures, Table, Words
from tongguan.reports.service.rendering import charts, fonts

LATIN, EAST_ASIA = "Calibri", "微软雅黑"
WIDE = Cm(16.5)
TONES = {"good": RGBColor(0x1A, 0x7F, 0x4B), "bad": RGBColor(0xB4, 0x23, 0x18), "quiet": RGBColor(0x66, 0x70, 0x85)}
MARKS = {"good": "✓ ", "bad": "✗ "}
# Letters that XML cannot hold; python-docx would refuse the whole text.
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LEFT_OUT = {
    "zh": "图“{title}”没有画出来：服务器上没有中文字体。请安装 {packages}。",
    "en": 'The chart "{title}" is left out: this machine has no Chinese font. Install {packages}.',
}


def render(document: Document) -> bytes:
    """The bytes of a .docx file."""
    word = docx.Document()
    _styles(word, document)
    word.add_heading(clean(document.title), 0)
    _paragraph(word, document.subtitle, "quiet")
    _block(word, document, document.head)
    for section in document.sections:
        word.add_heading(clean(section.title), 1)
        for block in section.blocks:
            _block(word, document, block)
    _paragraph(word, document.foot, "quiet")
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def clean(text: str) -> str:
    """Text that a Word file can hold."""
    return _BROKEN.sub("\ufffd", text)


def _styles(word: Any, document: Document) -> None:
    for section in word.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2)
    for name in ("Normal", "Title", "Heading 1"):
        style = word.styles[name]
        style.font.name = LATIN
        fonts_of = style.element.get_or_add_rPr().get_or_add_rFonts()
        for place in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts_of.set(qn(place), LATIN)
        fonts_of.set(qn("w:eastAsia"), EAST_ASIA)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts_of.attrib.pop(qn(theme), None)
    word.styles["Normal"].font.size = Pt(10.5)
    word.styles["Title"].font.size = Pt(22)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = clean(document.title)[:250], "Tongguan 通关", ""
    properties.language = "zh-CN" if document.language == "zh" else "en"


def _paragraph(word: Any, text: str, tone: str = "plain") -> None:
    run = word.add_paragraph().add_run(MARKS.get(tone, "") + clean(text))
    if tone in TONES:
        run.font.color.rgb = TONES[tone]


def _block(word: Any, document: Document, block: Block) -> None:
    if isinstance(block, Facts):
        table = _grid(word, len(block.rows), [Cm(4.2), WIDE - Cm(4.2)])
        for row, (name, value) in zip(table.rows, block.rows, strict=True):
            _cell(row.cells[0], name, quiet=True)
            _cell(row.cells[1], value)
        word.add_paragraph()
    elif isinstance(block, Words):
        _paragraph(word, block.text, block.tone)
    elif isinstance(block, Table):
        _table(word, block)
    elif isinstance(block, Pictures):
        _pictures(word, block)
    else:
        _chart(word, document, block)


def _grid(word: Any, rows: int, widths: list[int]) -> Any:
    table = word.add_table(rows=rows, cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return table


def _cell(cell: Any, text: str, quiet: bool = False, bold: bool = False, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(clean(text))
    run.font.size, run.bold = Pt(9.5), bold
    if quiet:
        run.font.color.rgb = TONES["quiet"]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _table(word: Any, block: Table) -> None:
    width = int(WIDE / max(1, len(block.columns)))
    table = _grid(word, 1 + len(block.rows), [width] * len(block.columns))
    for at, name in enumerate(block.columns):
        _cell(table.rows[0].cells[at], name, bold=True, right=at in block.right)
    for number, values in enumerate(block.rows, start=1):
        cells = table.rows[number].cells
        for at, value in enumerate(values):
            _cell(cells[at], value, right=at in block.right)
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(head.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    word.add_paragraph()


def _chart(word: Any, document: Document, block: Bars | Lines | Matrix) -> None:
    if not fonts.drawable(charts.words(block)):
        _paragraph(word, LEFT_OUT[document.language].format(title=block.title, packages=fonts.PACKAGES), "quiet")
        return
    word.add_picture(io.BytesIO(charts.png(block)), width=WIDE)
    drawing = word.inline_shapes[-1]._inline.docPr
    drawing.set("descr", clean(block.title))


def _pictures(word: Any, block: Pictures) -> None:
    table = word.add_table(rows=(len(block.pictures) + 2) // 3, cols=3)
    for number, picture in enumerate(block.pictures):
        paragraph = table.rows[number // 3].cells[number % 3].paragraphs[0]
        paragraph.add_run().add_picture(io.BytesIO(base64.b64decode(picture.jpeg)), width=Cm(5.2))
        run = paragraph.add_run("\n" + clean(picture.caption))
        run.font.size, run.font.color.rgb = Pt(8.5), TONES["quiet"]
    word.add_paragraph()
