"""Submitting an answer: one transaction, idempotent by key, never over a newer revision, never lost."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy import Row

from tongguan.annotate.repository import answers, leases
from tongguan.annotate.repository.leases import Answer, Save
from tongguan.annotate.schemas import SubmitIn, SubmitOut
from tongguan.annotate.service import prelabels
from tongguan.annotate.service.keeping import client_times
from tongguan.annotate.service.refusing import Refused, lost, not_open, unknown_lease
from tongguan.catalog.labels.registry import dump_labels, parse_labels
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Gone, Invalid, TongguanError
from tongguan.core.ids import new_id
from tongguan.rules.interface import RuleVersion, check_labels, version

_RULES: dict[UUID, RuleVersion] = {}  # published versions never change
_MOST_RULES = 64


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A submit on its way: who, on which lease, when, and what."""

    person_id: UUID
    lease_id: UUID
    moment: datetime
    wish: SubmitIn

    def keep(self, session: Session, why: str | None) -> UUID:
        """Keeps the answer as a draft (why None: the lease goes on)."""
        return leases.keep(session, self.lease_id, self.moment, self.wish.labels, self.wish.nothing, why)


def submit_work(
    session: Session, project_id: UUID, person_id: UUID, lease_id: UUID, wish: SubmitIn
) -> SubmitOut | Refused:
    """Stores an answer for good. Sent again with its key it gives the same answer.

    Refused, with what was drawn kept: lease.lost, rule.changed (both versions), labels.invalid (per label),
    revision.stale (both sides), commands.missing (the number to resend from), annotation.deleted.
    """
    wanted = _Wanted(person_id, lease_id, now(), wish)
    if wish.commands:
        refused = _save_rest(session, wanted)
        if refused is not None:
            return refused
    row = leases.lock(session, project_id, lease_id, person_id, wanted.moment, wish.submit_key)
    if row is None:
        raise unknown_lease()
    if row.key_lease == lease_id or row.state == "submitted":
        return _again(session, wanted, row)
    if row.key_lease is not None:
        raise Conflict("submit.key_used", "This submit key belongs to another task.", {"field": "submit_key"})
    refused = _lease_fails(session, wanted, row) or _rules_fail(session, wanted, row)
    if refused is not None:
        return refused
    labels, problems = checked(session, row, wish.labels, wish.nothing)
    if problems:
        wanted.keep(session, None)
        words = f"{len(problems)} problems: {problems[0]['message']}" if len(problems) > 1 else problems[0]["message"]
        return Refused(Invalid("labels.invalid", words, {"problems": problems}))
    return _write(session, wanted, row, labels)


def _save_rest(session: Session, wanted: _Wanted) -> Refused | None:
    """Stores the commands that come with the submit, so that the log is whole."""
    wish = wanted.wish
    first = None if wish.seq is None else wish.seq - len(wish.commands) + 1
    if first is None or first < 1:
        raise Invalid("commands.number", "Commands need the number of the last one.", {"field": "seq"})
    what = Save(first, wish.commands, client_times(wish.commands), wish.offline, None, wish.nothing)
    row = leases.save(session, wanted.lease_id, wanted.person_id, wanted.moment, what)
    if row.status == "gap":
        wanted.keep(session, None)
        return Refused(
            Conflict("commands.missing", "Commands before these are missing: send them first.", {"seq": row.seq})
        )
    return None


def _again(session: Session, wanted: _Wanted, row: Row[Any]) -> SubmitOut:
    """The answer that this lease gave already."""
    stored = leases.submitted(session, wanted.person_id, wanted.wish.submit_key)
    if stored is None or stored.lease_id != wanted.lease_id:
        raise Conflict("lease.submitted", "This task was submitted already.", {"lease_id": str(wanted.lease_id)})
    return SubmitOut(
        annotation_id=stored.annotation_id,
        revision=stored.number,
        revision_id=stored.revision_id,
        next=leases.next_lease(session, row.project_id, wanted.person_id),
    )


def _lease_fails(session: Session, wanted: _Wanted, row: Row[Any]) -> Refused | None:
    reason = row.end_reason
    if row.stale is not None:
        leases.end(session, wanted.lease_id, "expired", row.stale, wanted.moment)
        reason = row.stale
    elif row.state == "open":
        if wanted.wish.seq is not None and wanted.wish.seq > row.last_seq:
            wanted.keep(session, None)
            return Refused(
                Conflict("commands.missing", "Commands are missing: send them first.", {"seq": row.last_seq})
            )
        return None
    elif row.state == "next":
        wanted.keep(session, None)
        return Refused(not_open(wanted.lease_id))
    elif reason == "rule_changed" and row.major != row.current_major:
        return Refused(_changed(row, wanted.keep(session, reason)))
    return Refused(lost(wanted.lease_id, reason or row.state, wanted.keep(session, reason or row.state)))


def _rules_fail(session: Session, wanted: _Wanted, row: Row[Any]) -> Refused | None:
    """Under an older major version nothing is stored as an answer; an older minor one may finish."""
    if row.study or row.current_major == row.major:
        return None
    draft_id = wanted.keep(session, None)
    leases.end(session, wanted.lease_id, "returned", "rule_changed", wanted.moment)
    return Refused(_changed(row, draft_id))


def _changed(row: Row[Any], draft_id: UUID) -> TongguanError:
    yours = {"id": str(row.rule_version_id), "major": row.major, "minor": row.minor}
    current = {"id": str(row.current_id), "major": row.current_major, "minor": row.current_minor}
    return Conflict(
        "rule.changed",
        f"The rules have changed from {row.major}.{row.minor} to {row.current_major}.{row.current_minor} while you "
        "worked. What you drew is kept as a draft.",
        {"yours": yours, "current": current, "draft_id": str(draft_id)},
    )


def rules_of(session: Session, version_id: UUID) -> RuleVersion:
    """A published rule version, from memory where it was read before."""
    found = _RULES.get(version_id)
    if found is None:
        found = version(session, version_id)
        if len(_RULES) >= _MOST_RULES:
            _RULES.clear()
        if found.state == "published":
            _RULES[version_id] = found
    return found


def checked(
    session: Session, row: Row[Any], labels: Sequence[Mapping[str, Any]], nothing: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(labels as they are stored, problems per label) by the rules under which the work was handed out."""
    rules = rules_of(session, row.rule_version_id)
    problems = [
        problem.model_dump(mode="json") for problem in check_labels(rules, labels, nothing, row.width, row.height)
    ]
    if problems:
        return [], problems
    try:
        return dump_labels(parse_labels(labels)), []
    except ValidationError as error:
        return [], [
            {
                "code": "label.malformed",
                "label_id": "",
                "message": f"The label is not well formed: {fault['msg'][:200]}",
                "params": {"field": ".".join(str(part) for part in fault["loc"])[:100], "reason": fault["msg"][:200]},
            }
            for fault in error.errors(include_url=False, include_input=False, include_context=False)[:50]
        ]


def _write(session: Session, wanted: _Wanted, row: Row[Any], labels: list[dict[str, Any]]) -> SubmitOut | Refused:
    log = leases.commands(session, wanted.lease_id) if row.last_seq else []
    wish = wanted.wish
    answer = Answer(
        revision_id=new_id(),
        base=wish.base,
        labels=labels,
        nothing=wish.nothing,
        commands=zlib.compress(orjson.dumps(log), 6) if log else None,
        key=wish.submit_key,
    )
    failpoints.hit("annotate.before_submit")
    written = leases.submit(session, wanted.lease_id, wanted.moment, answer)
    if written.status != "ok":
        wanted.keep(session, None)
        return Refused(_not_written(session, wanted, written))
    if row.prelabel_id is not None:
        counts = prelabels.outcome(row.prelabels, labels)
        answers.add_outcome(
            session, row.project_id, written.annotation_id, row.prelabel_id, row.model_version_id, counts
        )
    failpoints.hit("annotate.after_submit")
    return SubmitOut(
        annotation_id=written.annotation_id,
        revision=written.revision,
        revision_id=answer.revision_id,
        next=written.next_lease,
    )


def _not_written(session: Session, wanted: _Wanted, written: Row[Any]) -> TongguanError:
    if written.status == "annotation.deleted":
        return Gone("annotation.deleted", "This answer was deleted meanwhile; what you drew is kept as a draft.")
    head = answers.annotation(session, written.annotation_id) if written.annotation_id else None
    stored = answers.revision(session, head.current_revision_id) if head else None
    current = {
        "revision": head.revision if head else 0,
        "revision_id": str(stored.id) if stored else None,
        "labels": stored.labels if stored else [],
        "nothing": stored.nothing if stored else False,
        "reason": stored.reason if stored else None,
    }
    yours = {"base": wanted.wish.base, "labels": wanted.wish.labels, "nothing": wanted.wish.nothing}
    return Conflict(
        "revision.stale",
        "Someone has changed this answer since you began; nothing was overwritten. Compare both and submit again.",
        {"yours": yours, "current": current},
    )
