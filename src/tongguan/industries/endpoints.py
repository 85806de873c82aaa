"""HTTP of the industries: rules to start from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from tongguan.industries.registry import RULE_TEMPLATES
from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.rules.schemas import Name, RuleContent

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["industries"])
Writer = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]


class RuleTemplateOut(BaseModel):
    """Rules of an industry that a draft can start from."""

    id: str = Field(description="The industry, for instance steel_plates.")
    name: Name
    content: RuleContent = Field(description="Give it as `content` to POST /rules/draft.")


class RuleTemplates(BaseModel):
    """All industries that bring rules."""

    items: list[RuleTemplateOut]


@router.get("/rule-templates")
def list_rule_templates(access: Writer) -> RuleTemplates:
    """Label sets and guidelines that come with the program."""
    return RuleTemplates(
        items=[
            RuleTemplateOut(id=key, name=template.name, content=template.content())
            for key, template in RULE_TEMPLATES.items()
        ]
    )
