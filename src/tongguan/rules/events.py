"""Events that the stage rules emits."""

from __future__ import annotations

from typing import TypedDict

RULE_PUBLISHED = "rule.published"
# Kind of the visible job that carries imported labels on, run by flows.
IMPORT_LABELS = "import_labels"


class RulePublished(TypedDict):
    """Payload of `rule.published`: ids as text; `previous_id` is None for a project's first version."""

    project_id: str
    rule_version_id: str
    major: int
    minor: int
    major_change: bool
    previous_id: str | None
