"""Steel plates 钢板缺陷: label set and guideline here; `series` makes plates whose defects are known exactly.

The maker needs SciPy, which the server does not: whoever draws plates imports `series`, `maker` or `flaws`.
"""

from tongguan.industries.steel_plates.label_set import CHECKS, LABEL_SET, guideline, guideline_both

__all__ = ["CHECKS", "LABEL_SET", "guideline", "guideline_both"]
