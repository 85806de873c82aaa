"""Sums for the figures of quality.

Of a judgement that was taken back, and of the row that took it back, nothing counts twice: rows with quantity only,
and none that a later row corrects.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from tongguan.core.database import Session

# A checked answer is one that a reviewer or gold looked at: right when nothing had to change. What a lot let pass
# unseen says nothing about its author.
_CHECKED = text("""
    SELECT count(*) FILTER (WHERE fine) AS fine, count(*) AS answers FROM (
        SELECT fine FROM (
            SELECT r.done_at AS at, (r.verdict = 'accept' OR EXISTS (
                       SELECT 1 FROM judgement j JOIN judgement c ON c.corrects = j.id
                       WHERE j.revision_id = r.revision_id AND j.person_id = r.person_id)) AS fine
            FROM review r
            WHERE r.project_id = :project_id AND r.person_id = :person_id AND r.state = 'done'
            UNION ALL
            SELECT g.answered_at, g.correct FROM gold_result g
            WHERE g.project_id = :project_id AND g.person_id = :person_id
        ) answer
        WHERE at > coalesce((SELECT max(cleared_at) FROM quality_flag f
                             WHERE f.project_id = :project_id AND f.person_id = :person_id), '-infinity')
        ORDER BY at DESC LIMIT :last
    ) latest
""")
_UNITS = text("""
    SELECT coalesce(sum(quantity) FILTER (WHERE outcome = 'accepted'), 0) AS accepted,
           coalesce(sum(quantity), 0) AS judged
    FROM judgement j
    WHERE j.project_id = :project_id AND j.person_id = :person_id AND outcome IN ('accepted', 'rejected')
      AND NOT EXISTS (SELECT 1 FROM judgement c WHERE c.corrects = j.id)
""")
_GOLD = text("""
    SELECT count(*) FILTER (WHERE correct) AS fine, count(*) AS answers FROM gold_result
    WHERE project_id = :project_id AND person_id = :person_id
""")
_FINDINGS = text("""
    SELECT type, count(*) AS n FROM finding
    WHERE project_id = :project_id AND person_id = :person_id AND state <> 'withdrawn' GROUP BY type ORDER BY type
""")
_LAST_JUDGED = text("""
    SELECT quantity, outcome FROM judgement j
    WHERE j.person_id = :person_id AND (CAST(:project_id AS uuid) IS NULL OR j.project_id = CAST(:project_id AS uuid))
      AND outcome IN ('accepted', 'rejected') AND quantity > 0
      AND NOT EXISTS (SELECT 1 FROM judgement c WHERE c.corrects = j.id)
    ORDER BY j.judged_at DESC, j.id DESC LIMIT :rows
""")
_ACCEPTED_UNITS = text("""
    SELECT coalesce(sum(quantity), 0) FROM judgement j
    WHERE j.person_id = :person_id AND outcome IN ('accepted', 'rework_rule')
      AND NOT EXISTS (SELECT 1 FROM judgement c WHERE c.corrects = j.id)
""")


def checked(session: Session, project_id: UUID, person_id: UUID, last: int) -> tuple[int, int]:
    """(right, all) among a person's last checked answers, since a flag was last cleared."""
    values = {"project_id": project_id, "person_id": person_id, "last": last}
    row = session.execute(_CHECKED, values).one()
    return int(row.fine), int(row.answers)


def units(session: Session, project_id: UUID, person_id: UUID) -> tuple[int, int]:
    """(accepted, judged) units of a person in a project."""
    row = session.execute(_UNITS, {"project_id": project_id, "person_id": person_id}).one()
    return int(row.accepted), int(row.judged)


def gold(session: Session, project_id: UUID, person_id: UUID) -> tuple[int, int]:
    """(right, all) answers of a person to hidden gold."""
    row = session.execute(_GOLD, {"project_id": project_id, "person_id": person_id}).one()
    return int(row.fine), int(row.answers)


def findings_by_type(session: Session, project_id: UUID, person_id: UUID) -> dict[str, int]:
    """Findings that were not withdrawn, by type."""
    rows = session.execute(_FINDINGS, {"project_id": project_id, "person_id": person_id})
    return {row.type: int(row.n) for row in rows}


def last_judged(session: Session, person_id: UUID, project_id: UUID | None, rows: int) -> Iterator[tuple[Decimal, str]]:
    """(quantity, outcome) of a person's judgements, latest first."""
    found = session.execute(_LAST_JUDGED, {"person_id": person_id, "project_id": project_id, "rows": rows})
    return ((row.quantity, row.outcome) for row in found)


def accepted_units(session: Session, person_id: UUID) -> int:
    """Accepted units of a person over all projects."""
    return int(session.execute(_ACCEPTED_UNITS, {"person_id": person_id}).scalar_one())


# What was looked at, as it stands now; and whether the first look accepted it. Lots that passed unseen are not counted:
# the interval would claim to know them.
_GATE = text("""
    SELECT count(*) AS judged, count(*) FILTER (WHERE state = 'accepted') AS accepted,
           count(*) FILTER (WHERE first_outcome = 'accepted') AS first_accepted
    FROM (
        SELECT a.state, (
            SELECT CASE WHEN bool_and(j.outcome <> 'rejected') THEN 'accepted' ELSE 'rejected' END FROM judgement j
            WHERE j.annotation_id = a.id AND j.person_id = a.person_id AND j.revision_id = (
                SELECT f.revision_id FROM judgement f WHERE f.annotation_id = a.id ORDER BY f.id LIMIT 1)
        ) AS first_outcome
        FROM annotation a
        WHERE a.project_id = :project_id AND a.purpose = 'ordinary' AND a.source = 'person'
          AND a.state NOT IN ('deleted', 'superseded')
          AND EXISTS (SELECT 1 FROM judgement j WHERE j.annotation_id = a.id AND j.via IN ('review', 'settle'))
          AND NOT EXISTS (SELECT 1 FROM gold g WHERE g.item_id = a.item_id AND g.state = 'live')
          AND NOT EXISTS (SELECT 1 FROM consensus c WHERE c.task_id = a.task_id AND c.state = 'settled'
                          AND c.annotation_id <> a.id)
    ) looked_at
""")
_PEOPLE = text("""
    SELECT DISTINCT person_id FROM judgement WHERE project_id = :project_id
    UNION SELECT DISTINCT person_id FROM lot WHERE project_id = :project_id
    UNION SELECT DISTINCT person_id FROM gold_result WHERE project_id = :project_id
""")
_LABELS = text("""
    SELECT l.key AS label, coalesce(sum(l.value::bigint) FILTER (WHERE j.outcome = 'accepted'), 0) AS accepted,
           coalesce(sum(l.value::bigint), 0) AS judged
    FROM judgement j CROSS JOIN LATERAL jsonb_each_text(j.labels) l
    WHERE j.project_id = :project_id AND j.outcome IN ('accepted', 'rejected')
      AND (CAST(:person_id AS uuid) IS NULL OR j.person_id = CAST(:person_id AS uuid))
      AND NOT EXISTS (SELECT 1 FROM judgement c WHERE c.corrects = j.id)
    GROUP BY l.key ORDER BY l.key
""")
_CONFUSION = text("""
    SELECT expected, answered, sum(count) AS n FROM confusion
    WHERE project_id = :project_id AND (CAST(:person_id AS uuid) IS NULL OR person_id = CAST(:person_id AS uuid))
    GROUP BY expected, answered ORDER BY expected, answered
""")

_ATTRIBUTES = text("""
    SELECT label, attribute, coalesce(sum(count) FILTER (WHERE expected = answered), 0) AS fine, sum(count) AS n
    FROM attribute_confusion
    WHERE project_id = :project_id AND (CAST(:person_id AS uuid) IS NULL OR person_id = CAST(:person_id AS uuid))
    GROUP BY label, attribute ORDER BY label, attribute
""")


def gate(session: Session, project_id: UUID) -> tuple[int, int, int]:
    """(accepted now, judged, accepted at the first look) among the individually checked answers of a project."""
    row = session.execute(_GATE, {"project_id": project_id}).one()
    return int(row.accepted), int(row.judged), int(row.first_accepted)


def people(session: Session, project_id: UUID) -> list[UUID]:
    """Everybody of whom there are figures."""
    return [row.person_id for row in session.execute(_PEOPLE, {"project_id": project_id})]


def labels(session: Session, project_id: UUID, person_id: UUID | None = None) -> list[tuple[str, int, int]]:
    """(label class, accepted, judged) labels of a project or of one person in it."""
    rows = session.execute(_LABELS, {"project_id": project_id, "person_id": person_id})
    return [(row.label, int(row.accepted), int(row.judged)) for row in rows]


def confusion(session: Session, project_id: UUID, person_id: UUID | None = None) -> list[tuple[str, str, int]]:
    """(expected, answered, count) from gold, fixes and settled disagreements."""
    rows = session.execute(_CONFUSION, {"project_id": project_id, "person_id": person_id})
    return [(row.expected, row.answered, int(row.n)) for row in rows]


def attributes(session: Session, project_id: UUID, person_id: UUID | None = None) -> list[tuple[str, str, int, int]]:
    """(label class, attribute, right, all) of the attributes of right boxes, from gold, fixes and settlements."""
    rows = session.execute(_ATTRIBUTES, {"project_id": project_id, "person_id": person_id})
    return [(row.label, row.attribute, int(row.fine), int(row.n)) for row in rows]


# What a project has, and what of it has an accepted answer, by the day on which it came and was accepted.
_BURN_UP = text("""
    SELECT day, CAST(sum(items) AS bigint) AS items, CAST(sum(accepted) AS bigint) AS accepted FROM (
        SELECT (i.created_at AT TIME ZONE :zone)::date AS day, count(*) AS items, 0 AS accepted
        FROM item i WHERE i.project_id = :project_id AND i.state = 'ok' GROUP BY 1
        UNION ALL
        SELECT (answered.at AT TIME ZONE :zone)::date, 0, count(*) FROM (
            SELECT a.item_id, min(coalesce(
                (SELECT max(j.judged_at) FROM judgement j WHERE j.annotation_id = a.id), a.submitted_at)) AS at
            FROM annotation a JOIN item i ON i.id = a.item_id AND i.state = 'ok'
            WHERE a.project_id = :project_id AND a.purpose = 'ordinary' AND a.state = 'accepted'
            GROUP BY a.item_id
        ) answered GROUP BY 1
    ) daily GROUP BY day ORDER BY day
""")


def burn_up(session: Session, project_id: UUID, zone: str) -> list[tuple[date, int, int]]:
    """(day, items that came, items accepted) of the days on which something did, in the given time zone."""
    rows = session.execute(_BURN_UP, {"project_id": project_id, "zone": zone})
    return [(row.day, int(row.items), int(row.accepted)) for row in rows]
