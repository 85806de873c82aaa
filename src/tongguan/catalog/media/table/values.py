"""One cell: is it missing, is it a number, and what had to be cleaned to see it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

# Nothing was entered, whatever the column.
MISSING = frozenset(
    {
        "",
        "na",
        "n/a",
        "nan",
        "<na>",
        "null",
        "nil",
        "#n/a",
        "#null!",
        "#div/0!",
        "#value!",
        "#ref!",
        "#num!",
        "#name?",
        "?",
    }
    | {"缺失", "空", "未填", "缺测"}
)
# Nothing was entered, where the column is one of numbers or times; elsewhere it may be a word like any other.
MISSING_NUMBER = frozenset(
    {
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        ".",
        "..",
        "none",
        "missing",
        "unknown",
        "nd",
        "n.d.",
        "/",
        "\\",
        "*",
        "x",
        "inf",
        "-inf",
    }
    | {"无", "未知", "未检", "未测", "不详"}
)

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
LEADING_ZERO = re.compile(r"[+-]?0\d+")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,'\u2019\u00a0\u202f]\d{3})+(?:\.\d+)?(?:[eE][+-]?\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
MARKS_BEFORE = re.compile(r"^(?:[*†‡§#^~≈<>≤≥'`=]|<=|>=)+\s*")
MARKS_AFTER = re.compile(r"\s*[*†‡§#^~≈↑↓+']+$")
CURRENCY = re.compile(r"^(?:¥|\$|€|£|RMB|CNY|USD|EUR)\s*", re.IGNORECASE)

# unit -> (family, factor to the family's first unit)
_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("mm 1", "cm 10", "m 1000", "km 1e6", "um 1e-3", "µm 1e-3", "μm 1e-3", "nm 1e-6",
     "毫米 1", "厘米 10", "米 1000", "公里 1e6"),
    ("kg 1", "g 1e-3", "mg 1e-6", "t 1000", "公斤 1", "千克 1", "克 1e-3", "吨 1000", "斤 0.5"),
    ("s 1", "ms 1e-3", "min 60", "h 3600", "秒 1", "分钟 60", "分 60", "小时 3600", "天 86400"),
    ("°C 1", "℃ 1", "度 1", "摄氏度 1"),
    ("V 1", "kV 1000", "mV 1e-3"),
    ("kW 1", "W 1e-3", "MW 1000", "kVA 1"),
    ("Hz 1", "kHz 1000", "MHz 1e6"),
    ("MPa 1", "kPa 1e-3", "Pa 1e-6", "bar 0.1"),
    ("L 1", "l 1", "ml 1e-3", "mL 1e-3", "升 1", "毫升 1e-3"),
    ("pg/ml 1", "pg/mL 1", "ng/ml 1000", "ng/mL 1000", "ug/ml 1e6", "μg/ml 1e6"),
    ("元 1", "万元 10000", "亿元 1e8", "yuan 1"),
    ("万 10000", "亿 1e8"),
    ("mA 1", "A 1000", "kA 1e6"),
    ("次 1",), ("个 1",), ("件 1",), ("人 1",), ("岁 1",), ("条 1",), ("块 1",), ("张 1",), ("年 1",), ("层 1",),
    ("km/h 1",), ("m/s 1",), ("U/ml 1", "U/mL 1"), ("nM 1",), ("dB 1",), ("px 1",), ("°F 1",),
    ("rpm 1", "转/分 1"), ("‰ 1e-3",),
)  # fmt: skip
UNITS: dict[str, tuple[int, float]] = {
    entry.split()[0]: (family, float(entry.split()[1])) for family, entries in enumerate(_FAMILIES) for entry in entries
}
SUFFIX = re.compile(r"^(.*?\d\.?)\s*([^\d\s.,].*)$")

TIME_FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d", "%Y.%m.%d %H:%M:%S", "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S", "%d/%m/%Y", "%Y-%m", "%Y-%m-%d %H时", "%Y%m%d%H%M%S",
)  # fmt: skip

DATE_SHAPE = re.compile(r"\d{4}[-/.年]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{8}T?\d{6}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number that a cell stands for; `dirt` names what was cleaned, in order; `unit` as written."""

    value: float
    dirt: tuple[str, ...] = ()
    unit: str | None = None


def is_missing(cell: str, *, number: bool = False) -> bool:
    """Whether a stripped cell says that nothing was entered; `number` for columns of numbers and times."""
    lowered = cell.lower()
    return lowered in MISSING or (number and lowered in MISSING_NUMBER)


def parse_number(cell: str) -> Parsed | None:
    """The number in a cell, cleaned; None where there is none.

    >>> parse_number("*946.9"), parse_number("１，２３４．５")
    (Parsed(value=946.9, dirt=('mark',), unit=None), Parsed(value=1234.5, dirt=('full_width', 'thousands'), unit=None))
    """
    text = cell.strip()
    if NUMBER.fullmatch(text):
        return None if LEADING_ZERO.fullmatch(text) else Parsed(_float(text))
    if len(text) > 64:
        return None
    dirt: list[str] = []
    text = _half_width(text, dirt)
    text = _without_marks(text, dirt)
    text, unit, factor = _without_unit(text, dirt)
    value = _bare(text, dirt)
    if value is None:
        return None
    return Parsed(value * factor, tuple(dict.fromkeys(dirt)), unit)


def parse_time(cell: str) -> float | None:
    """Seconds since 1970 of a date or a time stamp; without a zone it is taken as UTC. None where it is neither."""
    text = cell.strip()
    if not DATE_SHAPE.match(text):
        return None
    try:
        return _seconds(datetime.fromisoformat(text))
    except ValueError:
        pass
    for pattern in TIME_FORMATS:
        try:
            return _seconds(datetime.strptime(text, pattern).replace(tzinfo=UTC))
        except ValueError:
            continue
    return None


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _half_width(text: str, dirt: list[str]) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if any("０" <= char <= "９" or char in "．，％－＋" for char in text):
        dirt.append("full_width")
    return plain


def _without_marks(text: str, dirt: list[str]) -> str:
    if text.startswith("(") and text.endswith(")") and len(text) > 2:
        dirt.append("parentheses")
        return "-" + text[1:-1].strip()
    bare = MARKS_AFTER.sub("", MARKS_BEFORE.sub("", text))
    if bare != text:
        dirt.append("mark")
    paid = CURRENCY.sub("", bare)
    if paid != bare:
        dirt.append("unit")
    return paid


def _without_unit(text: str, dirt: list[str]) -> tuple[str, str | None, float]:
    found = SUFFIX.match(text)
    if found is None or NUMBER.fullmatch(text):
        return text, None, 1.0
    number, suffix = found.group(1), found.group(2).strip()
    if suffix == "%":
        dirt.append("percent")
        return number, None, 0.01
    if suffix in ("万", "亿"):
        dirt.append("unit")
        return number, None, UNITS[suffix][1]
    if suffix in UNITS or suffix.replace("°C", "℃") in UNITS:
        dirt.append("unit")
        return number, suffix, 1.0
    return text, None, 1.0


def _bare(text: str, dirt: list[str]) -> float | None:
    text = text.strip()
    if NUMBER.fullmatch(text):
        return _float(text)
    if THOUSANDS.fullmatch(text):
        dirt.append("thousands")
        return _float(re.sub(r"[,'\u2019\u00a0\u202f]", "", text))
    if DECIMAL_COMMA.fullmatch(text):
        dirt.append("decimal_comma")
        return _float(text.replace(",", "."))
    inner = re.sub(r"(?<=\d)\s+(?=[\d.])", "", text)
    if inner != text and NUMBER.fullmatch(inner):
        dirt.append("spaces")
        return _float(inner)
    return None


def _float(text: str) -> float:
    value = float(text)
    return value if abs(value) <= 1.7e308 else float("nan")
