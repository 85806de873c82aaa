"""The report of the data gate: what came in, what was refused and why, what was found and who decided what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tongguan.collect.interface import batch_facts, items_by_id, refusal_counts, refusals, state_counts
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.people.interface import people_by_id
from tongguan.prepare import repository
from tongguan.prepare.service.gate import GATE, find_missing
from tongguan.prepare.service.wording import WORDS
from tongguan.projects.interface import gate_states, project_of, settings_of

EXAMPLES = 20
_templates = Environment(
    loader=PackageLoader("tongguan.prepare", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def data_report(session: Session, project_id: UUID, examples: int = EXAMPLES) -> dict[str, Any]:
    """The report as JSON: gate, items by state, batches, refused with examples, problems by check, waivers."""
    project = project_of(session, project_id)
    opening = repository.last_opening(session, project_id)
    waived = repository.waivers(session, project_id)
    people = people_by_id(session, {row[1] for row in waived} | ({opening.person_id} if opening else set()))
    return {
        "project": {"id": str(project_id), "name": project.name},
        "generated_at": now().isoformat(),
        "gate": {
            "state": gate_states(session, project_id).get(GATE, "closed"),
            "missing": find_missing(session, project_id),
            "block": settings_of(session, project_id).data_gate.block,
            "opening": {
                "person": people[opening.person_id].name if opening.person_id in people else str(opening.person_id),
                "reason": opening.reason,
                "at": opening.created_at.isoformat(),
                "despite": opening.missing,
            }
            if opening
            else None,
        },
        "items": state_counts(session, project_id),
        "batches": batch_facts(session, project_id),
        "refused": _refused(session, project_id, examples),
        "problems": _problems(session, project_id, examples),
        "waived": [
            {
                "check": check,
                "person": people[person].name if person in people else str(person),
                "reason": reason,
                "at": at.isoformat(),
                "count": number,
            }
            for check, person, reason, at, number in waived
        ],
    }


def _refused(session: Session, project_id: UUID, examples: int) -> list[dict[str, Any]]:
    counts = refusal_counts(session, project_id)
    shown: dict[str, list[dict[str, Any]]] = {
        check: refusals(session, project_id, None, check, examples) for check in {check for check, _ in counts}
    }
    return [
        {
            "check": check,
            "kind": kind,
            "count": number,
            "examples": [example for example in shown[check] if example["kind"] == kind],
        }
        for (check, kind), number in sorted(counts.items())
    ]


def _problems(session: Session, project_id: UUID, examples: int) -> list[dict[str, Any]]:
    counts = repository.state_counts(session, project_id)
    block = settings_of(session, project_id).data_gate.block
    found = []
    for check in sorted({check for check, _ in counts}):
        rows = repository.page(session, project_id, check=check, limit=examples)
        names = items_by_id(session, {row.item_id for row in rows} | {r.other_item_id for r in rows if r.other_item_id})
        found.append(
            {
                "check": check,
                "severity": "block" if check in block else "warn",
                **{state: counts.get((check, state), 0) for state in ("open", "waived", "refused")},
                "examples": [
                    {
                        "item": names[row.item_id].name,
                        "other": names[row.other_item_id].name if row.other_item_id in names else None,
                        "detail": row.detail,
                        "state": row.state,
                    }
                    for row in rows
                ],
            }
        )
    return found


def report_page(report: dict[str, Any], language: str) -> str:
    """The report as a page to print, in Chinese (zh) or English (en). All texts of people are escaped."""
    words = WORDS["zh" if language.lower().startswith("zh") else "en"]
    page: str = _templates.get_template("data_report.html").render(report=report, words=words, language=language[:2])
    return page
