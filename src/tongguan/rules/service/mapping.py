"""What the names of an import mean: kept here, carried out by flows through the job `import_labels`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.collect import interface as collect
from tongguan.core import jobs
from tongguan.core.audit import record
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, Invalid
from tongguan.rules import repository
from tongguan.rules.events import IMPORT_LABELS
from tongguan.rules.models import LabelMappingRow
from tongguan.rules.schemas import ImportedName, LabelMapping, RuleVersion
from tongguan.rules.service.versions import current_version


def imported_names(session: Session, project_id: UUID, batch_id: UUID | None) -> list[ImportedName]:
    """Names of labels that came with imports (of one batch, or all), most frequent first.

    With one batch each name carries what it was mapped to; without a mapping, the label class of the same name.
    """
    counts = collect.imported_names(session, project_id, batch_id)
    known = repository.mapping(session, project_id, batch_id) if batch_id else {}
    rules = current_version(session, project_id)
    found = []
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        row = known.get(name)
        found.append(
            ImportedName(
                name=name,
                count=count,
                mapped=row is not None,
                label=row.label if row else None,
                suggestion=suggest(name, rules) if rules else None,
            )
        )
    return found


def suggest(name: str, rules: RuleVersion) -> str | None:
    """The label class whose key or name is the same but for case, spaces, hyphens and underscores."""

    def plain(text: str) -> str:
        return "".join(char for char in text.casefold() if char.isalnum())

    wanted = plain(name)
    if not wanted:
        return None
    for entry in rules.label_set:
        if wanted in {plain(entry.key), plain(entry.name.zh), plain(entry.name.en)}:
            return entry.key
    return None


def map_names(session: Session, project_id: UUID, person_id: UUID, wanted: LabelMapping) -> UUID:
    """Keeps what the names mean and starts the job that carries it out; its id.

    Conflict `rules.not_published` before the first version; Invalid `mapping.unknown_name`, `mapping.unknown_class`.
    """
    rules = current_version(session, project_id)
    if rules is None:
        raise Conflict("rules.not_published", "Publish the rules first: names are mapped to their label classes.")
    names = collect.imported_names(session, project_id, wanted.batch_id)
    _check(wanted, set(names), rules)
    present = repository.mapping(session, project_id, wanted.batch_id)
    for name, label in wanted.mapping.items():
        row = present.get(name)
        if row is None:
            row = LabelMappingRow(project_id=project_id, batch_id=wanted.batch_id, name=name)
            session.add(row)
        row.label, row.rule_version_id, row.updated_at, row.updated_by = label, rules.id, now(), person_id
    session.flush()
    choice: dict[str, Any] = wanted.model_dump(mode="json", exclude={"mapping"})
    record(
        session,
        person_id,
        "mapped",
        "batch",
        wanted.batch_id,
        {**choice, "names": len(wanted.mapping), "rule_version": rules.number},
        project_id=project_id,
    )
    return jobs.start(
        session,
        IMPORT_LABELS,
        title="Imported labels",
        project_id=project_id,
        person_id=person_id,
        payload={
            **choice,
            "project_id": str(project_id),
            "person_id": str(person_id),
            "rule_version_id": str(rules.id),
            "mapping": {
                name: row.label for name, row in repository.mapping(session, project_id, wanted.batch_id).items()
            },
        },
    )


def _check(wanted: LabelMapping, names: set[str], rules: RuleVersion) -> None:
    unknown = sorted(set(wanted.mapping) - names)
    if unknown:
        raise Invalid(
            "mapping.unknown_name",
            f"The batch has no label named {unknown[0][:100]!r}.",
            {"names": [name[:100] for name in unknown[:20]]},
        )
    wrong = sorted({label for label in wanted.mapping.values() if label is not None} - set(rules.class_keys))
    if wrong:
        raise Invalid(
            "mapping.unknown_class",
            f"The rules have no label class {wrong[0][:100]!r}.",
            {"labels": [label[:100] for label in wrong[:20]]},
        )
