"""Exact decimals: how numbers of pay are read and written. No float ever."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact

# Plain ASCII digits: no sign, exponent, underscore, NaN, and no thousands separator, which is read two ways.
_PLAIN = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")

# Four factors of at most 30 digits and sums of a billion of them fit: an inexact result would be an error in the code.
EXACT = Context(prec=200, rounding=ROUND_HALF_UP, traps=[Inexact])
_SHARE = Context(prec=28, rounding=ROUND_HALF_UP)

WRITE_LIKE = "write it in plain digits like 12 or 1.5"


def parse_decimal(text: str) -> Decimal | None:
    """A number of 0 or more, at most 18 digits before and 12 after the point; None when the text is no such number."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def plain(value: Decimal) -> str:
    """The number without exponent and without zeros at the end: 6000, 1.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_fen(amount: Decimal) -> int:
    """Half-up to a whole number of fen, for instance 936.5 to 937."""
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


def share(part: Decimal, whole: Decimal) -> Decimal:
    """part / whole to 28 digits; for showing, never for comparing."""
    return _SHARE.divide(part, whole)
