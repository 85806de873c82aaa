"""Characters of a text as recipes see them: one form for full and half width, digits alike, and their types.

Every character stays one place: offsets are those of the text itself, in code points.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from tongguan.train.recipes.base import ItemUnreadable

# The hundred and more most frequent family names: Chinese names begin with one of them.
_FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦"
    "付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭"
)


def decoded(content: bytes) -> str:
    """The text of an item. Raises ItemUnreadable with the place of the first byte that is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ItemUnreadable("text_unreadable", f"byte {error.start + 1} is not UTF-8") from None


def normal(text: str) -> list[str]:
    """One normal form per character: half width, lower case, every digit as 0."""
    return [_normal(char) for char in text]


@lru_cache(maxsize=100_000)
def _normal(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) != 1:
        folded = char
    if folded.isdigit():
        return "0"
    lower = folded.lower()
    return lower if len(lower) == 1 else folded


def types(text: str) -> str:
    """One letter per character: d digit, a Latin letter, s Chinese family name, h other Chinese, p punctuation,
    z blank, o anything else."""
    return "".join(_type(char) for char in text)


@lru_cache(maxsize=100_000)
def _type(char: str) -> str:
    form = _normal(char)
    if form == "0":
        return "d"
    if form.isascii() and form.isalpha():
        return "a"
    if "\u3400" <= char <= "\u9fff" or ord(char) >= 0x20000:
        return "s" if char in _FAMILY_NAMES else "h"
    kind = unicodedata.category(char)[0]
    return {"P": "p", "Z": "z"}.get(kind, "z" if char.isspace() else "o")
