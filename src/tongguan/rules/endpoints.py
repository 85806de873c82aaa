"""HTTP of the stage rules."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.rules.schemas import (
    Answer,
    Clarification,
    ClarificationPage,
    ImportedNames,
    LabelMapping,
    Publish,
    Question,
    RulesView,
    RuleVersionView,
    SaveDraft,
    StartDraft,
    Started,
    VersionDiff,
    VersionList,
)
from tongguan.rules.service import clarify, drafts, mapping, present, publish, versions

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["rules"])

WRITERS = ("trainer", "manager")
WORKERS = ("trainer", "manager", "inspector", "annotator", "engineer")
Reader = Annotated[ProjectAccess, Depends(project_role(), scope="function")]
Writer = Annotated[ProjectAccess, Depends(project_role(*WRITERS), scope="function")]
Worker = Annotated[ProjectAccess, Depends(project_role(*WORKERS), scope="function")]
Trainer = Annotated[ProjectAccess, Depends(project_role("trainer"), scope="function")]


@router.get("/rules")
def get_rules(access: Reader) -> RulesView:
    """The current version and, for those who write, the draft."""
    return present.rules(access, with_draft=_writes(access))


@router.post("/rules/draft", status_code=201)
def start_rules_draft(access: Writer, body: StartDraft) -> RuleVersionView:
    """Starts a draft from a version, from given content, or from the current version; returns a present one."""
    draft = drafts.start_draft(access.session, access.project.id, body.from_version)
    if body.content is not None:
        draft = drafts.save_draft(access.session, access.project.id, body.content, None)
    return present.version(access, draft)


@router.put("/rules/draft")
def save_rules_draft(access: Writer, body: SaveDraft) -> RuleVersionView:
    """Replaces the draft's content; makes a draft when there is none."""
    return present.version(access, drafts.save_draft(access.session, access.project.id, body.content(), body.revision))


@router.delete("/rules/draft", status_code=204)
def discard_rules_draft(access: Writer) -> None:
    """Throws the draft away; published versions stay as they are."""
    drafts.discard_draft(access.session, access.project.id)


@router.post("/rules/publish", status_code=201)
def publish_rules(access: Writer, body: Publish) -> RuleVersionView:
    """Makes the draft the next version, major or minor by what changed."""
    return present.version(
        access, publish.publish(access.session, access.project.id, access.caller.person_id, body.note)
    )


@router.get("/rules/versions")
def list_rule_versions(access: Reader) -> VersionList:
    """All published versions, newest first."""
    return present.version_list(access)


@router.get("/rules/versions/{version_id}")
def get_rule_version(access: Reader, version_id: UUID) -> RuleVersionView:
    """One version."""
    found = versions.version_of_project(access.session, access.project.id, version_id, drafts=_writes(access))
    return present.version(access, found)


@router.get("/rules/versions/{version_id}/diff")
def diff_rule_version(access: Reader, version_id: UUID, against: UUID | None = None) -> VersionDiff:
    """What changed since the version before, or since `against`."""
    found = versions.version_of_project(access.session, access.project.id, version_id, drafts=_writes(access))
    return present.diff(access, found, against)


@router.get("/clarifications")
def list_clarifications(
    access: Reader,
    state: Literal["open", "answered", "taken", "published"] | None = None,
    item_id: UUID | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ClarificationPage:
    """Questions on the rules with their answers, newest first."""
    return present.clarification_page(access, state, item_id, after, limit)


@router.post("/clarifications", status_code=201)
def ask_question(access: Worker, body: Question) -> Clarification:
    """Asks a question on the rules, usually on an item."""
    row = clarify.ask(access.session, access.project.id, access.caller.person_id, body)
    return present.clarifications(access, [row])[0]


@router.post("/clarifications/{clarification_id}/answer")
def answer_question(access: Trainer, clarification_id: UUID, body: Answer) -> Clarification:
    """Answers a question, and on request takes it into the draft of the rules."""
    row = clarify.answer(access.session, access.project.id, access.caller.person_id, clarification_id, body)
    return present.clarifications(access, [row])[0]


@router.get("/imported-names")
def list_imported_names(access: Writer, batch_id: UUID | None = None) -> ImportedNames:
    """Names of labels that came with imports, and what they were mapped to."""
    return ImportedNames(items=mapping.imported_names(access.session, access.project.id, batch_id))


@router.put("/label-mapping", status_code=202)
def map_labels(access: Writer, body: LabelMapping) -> Started:
    """Says what the names of a batch mean and what its labels become: gold, pre-labels, accepted answers, nothing."""
    return Started(job_id=mapping.map_names(access.session, access.project.id, access.caller.person_id, body))


def _writes(access: ProjectAccess) -> bool:
    return access.caller.org_role == "owner" or bool(access.roles & set(WRITERS))
