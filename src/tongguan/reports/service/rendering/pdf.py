"""A document as PDF by Typst, where a Chinese font is found. Text reaches Typst as data, never as markup."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any, Literal

import typst

from tongguan.core.errors import Conflict
from tongguan.reports.schemas import Bars, Block, Document, Lines, Matrix, Pictures
from tongguan.reports.service.rendering import charts, fonts

TEMPLATE = Path(__file__).parent / "report.typ"


def render(document: Document) -> bytes:
    """The bytes of a PDF file. Conflict `report.no_font` where no Chinese font is installed."""
    return _compile(document, "pdf")[0]


def pages(document: Document) -> list[bytes]:
    """The pages of the PDF as PNG, to look at."""
    return _compile(document, "png")


def _compile(document: Document, kind: Literal["pdf", "png"]) -> list[bytes]:
    font = fonts.chinese()
    if font is None:
        words = f"This machine has no Chinese font, so there is no PDF. Install one: {fonts.PACKAGES}."
        raise Conflict("report.no_font", words, {"packages": fonts.PACKAGES})
    with tempfile.TemporaryDirectory(prefix="tongguan-report-") as name:
        folder = Path(name)
        data = _data(document, folder)
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        source = folder / "report.typ"
        source.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        made: Any = typst.compile(
            str(source), root=str(folder), format=kind, ppi=80.0, sys_inputs={"font": font.family}
        )
    return made if isinstance(made, list) else [made]


def _data(document: Document, folder: Path) -> dict[str, Any]:
    """The document as JSON, its pictures as files beside it."""
    whole = document.model_dump(mode="json")
    for number, section in enumerate(document.sections):
        blocks = [_block(block, folder, f"{number}-{at}") for at, block in enumerate(section.blocks)]
        whole["sections"][number]["blocks"] = blocks
    return whole


def _block(block: Block, folder: Path, name: str) -> dict[str, Any]:
    if isinstance(block, (Bars, Lines, Matrix)):
        file = f"chart-{name}.png"
        (folder / file).write_bytes(charts.png(block))
        return {"kind": "chart", "file": file, "title": block.title}
    found = block.model_dump(mode="json")
    if isinstance(block, Pictures):
        for at, picture in enumerate(block.pictures):
            file = f"picture-{name}-{at}.jpg"
            (folder / file).write_bytes(base64.b64decode(picture.jpeg))
            found["pictures"][at] = {"file": file, "caption": picture.caption}
    return found
