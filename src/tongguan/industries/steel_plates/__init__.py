"""Steel plates 钢板缺陷: label set, guideline, and a maker of plates whose defects are known exactly."""

from tongguan.industries.steel_plates.flaws import FLAWS
from tongguan.industries.steel_plates.label_set import CHECKS, LABEL_SET, guideline, guideline_both
from tongguan.industries.steel_plates.maker import PlatePicture
from tongguan.industries.steel_plates.series import make_plates, write_plates

__all__ = [
    "CHECKS",
    "FLAWS",
    "LABEL_SET",
    "PlatePicture",
    "guideline",
    "guideline_both",
    "make_plates",
    "write_plates",
]
