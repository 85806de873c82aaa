"""Finds a font with Chinese letters on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import typst
from PIL import ImageFont

# In this order; names as the fonts give them. Sans first: figures and labels of charts are small.
FAMILIES = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体"),
    *("Microsoft YaHei", "微软雅黑", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "宋体", "SimHei", "AR PL UMing CN", "Droid Sans Fallback"),
)
PACKAGES = "fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora, openEuler), fonts-wqy-microhei"


@dataclass(frozen=True, slots=True)
class Font:
    """A font file."""

    family: str
    path: str
    index: int


@cache
def chinese() -> Font | None:
    """The best Chinese font of this machine, or None."""
    known: dict[str, Font] = {}
    for each in typst.Fonts(include_system_fonts=True).fonts():
        regular = each.weight == 400 and str(each.style).lower().endswith("normal")
        if each.family in FAMILIES and each.path and (regular or each.family not in known):
            known[each.family] = Font(each.family, str(each.path), int(each.index))
    return next((known[family] for family in FAMILIES if family in known), None)


def pillow(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font to draw charts with; without a Chinese one, Pillow's own, which has Latin letters only."""
    found = chinese()
    if found is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(found.path, size, index=found.index)


def drawable(text: str) -> bool:
    """Whether charts as pictures can show this text."""
    return chinese() is not None or text.isascii()
