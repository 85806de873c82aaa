"""The kinds of defect by name, in the order of the label set. A new one is one file and one line here."""

from __future__ import annotations

from tongguan.industries.steel_plates.defects.base import Defect
from tongguan.industries.steel_plates.defects.crazing import Crazing
from tongguan.industries.steel_plates.defects.inclusion import Inclusion
from tongguan.industries.steel_plates.defects.patches import Patches
from tongguan.industries.steel_plates.defects.pitted_surface import PittedSurface
from tongguan.industries.steel_plates.defects.rolled_in_scale import RolledInScale
from tongguan.industries.steel_plates.defects.scratches import Scratches

_MEMBERS: tuple[Defect, ...] = (Crazing(), Inclusion(), Patches(), PittedSurface(), RolledInScale(), Scratches())

DEFECTS: dict[str, Defect] = {member.name: member for member in _MEMBERS}
if len(DEFECTS) != len(_MEMBERS):
    raise RuntimeError("two defects share a name")
