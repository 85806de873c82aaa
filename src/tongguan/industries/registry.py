"""Rules that industries bring: what a trainer can start a draft from. A further industry is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tongguan.industries import steel_plates
from tongguan.rules.schemas import Name, RuleContent


@dataclass(frozen=True, slots=True)
class RuleTemplate:
    """The rules of an industry. `content` is made when asked for, since a guideline is read from a file."""

    name: Name
    content: Callable[[], RuleContent]


def _steel_plates() -> RuleContent:
    return RuleContent(
        label_set=steel_plates.LABEL_SET, guideline=steel_plates.guideline_both(), checks=steel_plates.CHECKS
    )


RULE_TEMPLATES: Mapping[str, RuleTemplate] = MappingProxyType(
    {"steel_plates": RuleTemplate(Name(zh="钢板缺陷", en="Steel plates"), _steel_plates)}
)
