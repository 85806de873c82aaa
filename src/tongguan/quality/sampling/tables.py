"""The tables of GB/T 2828.1 for single sampling, as data, so that a figure can be corrected in one place.

Left out because no source to check them against is at hand: reduced plans, AQLs above 100 and code letter S.
"""

from __future__ import annotations

from decimal import Decimal

LETTERS = "ABCDEFGHJKLMNPQR"
SAMPLE_SIZES: dict[str, int] = dict(
    zip(LETTERS, (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000), strict=True)
)

# Largest lot of each row of the table of code letters; above the last one the last row holds.
LOT_LIMITS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10000, 35000, 150000, 500000)
SMALLEST_LOT = 2

# One letter for each row of lot sizes.
LEVELS: dict[str, str] = {
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
}

# Percent non-conforming up to 10; above that, non-conformities per 100 units.
_SERIES = "0.010 0.015 0.025 0.040 0.065 0.10 0.15 0.25 0.40 0.65 1.0 1.5 2.5 4.0 6.5 10 15 25 40 65 100"
AQL_SERIES: tuple[Decimal, ...] = tuple(map(Decimal, _SERIES.split()))

# Acceptance number by (index of AQL) + (index of letter); what stands between is an arrow, see ARROWS.
ACCEPT: dict[str, dict[int, int]] = {
    "normal": {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21},
    "tightened": {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18},
}
# Sums whose arrow does not simply lead to the nearest end of the table: sum -> sum of the plan to use.
ARROWS: dict[str, dict[int, int]] = {
    "normal": {15: 14, 16: 17},
    "tightened": {16: 18, 17: 18},
}
# Letter A has nothing above it: where the arrow would point up, it points down.
FIRST_LETTER_ARROWS: dict[str, dict[int, int]] = {"normal": {15: 17}, "tightened": {}}
