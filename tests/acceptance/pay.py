"""Pay computed a second time: from revisions, verdicts, lots, gold results and rework alone, with fractions."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.acceptance.records import Records

REVISIONS = """
    SELECT r.id, r.annotation_id, r.number, r.author_id, r.labels, a.person_id, a.purpose
    FROM annotation_revision r JOIN annotation a ON a.id = r.annotation_id
    WHERE a.project_id = %(project)s AND a.purpose IN ('ordinary', 'gold')
"""
VERDICTS = """
    SELECT annotation_id, revision_id, reviewer_id, verdict, done_at AS at FROM review
    WHERE project_id = %(project)s AND state = 'done'
"""
LOTS = """
    SELECT m.annotation_id, m.revision_id, l.ended_at AS at FROM lot_member m JOIN lot l ON l.id = m.lot_id
    WHERE l.project_id = %(project)s AND NOT m.drawn AND m.outcome = 'accepted'
"""
GOLD = """
    SELECT annotation_id, revision_id, correct, judged_at AS at FROM gold_result
    WHERE project_id = %(project)s AND judged_at IS NOT NULL
"""
REWORK = "SELECT annotation_id, cause, created_at AS at FROM rework WHERE project_id = %(project)s ORDER BY id"
ORDER = """
    SELECT revision_id, person_id, difficulty, outcome, quantity FROM work_row WHERE project_id = %(project)s
    ORDER BY accepted_at, id
"""
RULES = "SELECT label_set FROM rule_version WHERE project_id = %(project)s AND state = 'published'"
PLAIN = ("kind", "label", "x", "y", "width", "height", "attributes")

Row = tuple[Any, Any, str, str]  # revision, person, difficulty, outcome
Label = Mapping[str, Any]


@dataclass
class Work:
    """Judged boxes: by revision, person, difficulty and outcome."""

    difficulty: dict[str, str]
    rows: dict[Row, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, revision: Any, person: Any, labels: Iterable[Label], outcome: str) -> None:
        """Counts boxes; an answer without any leaves a row of none, since it was judged."""
        found = list(labels)
        for label in found:
            self.rows[revision, person, self.difficulty[label["label"]], outcome] += 1
        if not found:
            self.rows[revision, person, "normal", outcome] += 0


def judged_work(records: Records) -> Work:
    """All judged boxes of the project from the raw records."""
    classes = [entry for row in records.rows(RULES) for entry in row["label_set"]]
    work = Work({entry["key"]: entry.get("difficulty") or "normal" for entry in classes})
    revisions = {row["id"]: row for row in records.rows(REVISIONS)}
    following = {(row["annotation_id"], row["number"]): row for row in revisions.values()}
    happened = [("review", row) for row in records.rows(VERDICTS)]
    happened += [("lot", row) for row in records.rows(LOTS)]
    happened += [("gold", row) for row in records.rows(GOLD)]
    happened += [("rework", row) for row in records.rows(REWORK)]
    # A rejection and the rework it leads to are one transaction: the verdict comes first.
    happened.sort(key=lambda entry: (entry[1]["at"], entry[0] == "rework"))
    accepted: set[Any] = set()
    cause: dict[Any, str] = {}
    for kind, row in happened:
        head = row["annotation_id"]
        if kind == "rework":
            cause.setdefault(head, row["cause"])
            continue
        answer = revisions[row["revision_id"]]
        good = f"rework_{cause.get(head, 'own')}" if head in accepted else "accepted"
        verdict = row.get("verdict") or ("accept" if kind == "lot" or row["correct"] else "reject")
        if verdict == "fix":
            fixed = following[head, answer["number"] + 1]
            paid = _fix(work, answer, fixed, row["reviewer_id"], good)
        else:
            paid = verdict == "accept"
            work.add(answer["id"], answer["person_id"], answer["labels"], good if paid else "rejected")
        if paid:
            accepted.add(head)
            cause.pop(head, None)
    return work


def _fix(work: Work, answer: Label, fixed: Label, inspector: Any, good: str) -> bool:
    """Whether the fix left the author anything: one who has nothing accepted yet is paid in full when it is redone."""
    now = {label["id"]: _plain(label) for label in fixed["labels"]}
    kept = [label for label in answer["labels"] if now.get(label["id"]) == _plain(label)]
    rest = [label for label in answer["labels"] if now.get(label["id"]) != _plain(label)]
    before = {label["id"] for label in answer["labels"]}
    if kept:
        work.add(answer["id"], answer["person_id"], kept, good)
    if rest or not kept:
        work.add(answer["id"], answer["person_id"], rest, "rejected")
    added = [label for label in fixed["labels"] if label["id"] not in before]
    if added:
        work.add(fixed["id"], inspector, added, "accepted")
    return bool(kept)


def _plain(label: Label) -> dict[str, Any]:
    return {key: label.get(key) for key in PLAIN}


def totals(records: Records, rates: str) -> dict[str, int]:
    """Fen by person. Only the order in which units use up the quota comes from the server's work rows."""
    card = tomllib.loads(rates)
    work = judged_work(records)
    place = {
        (row["revision_id"], row["person_id"], row["difficulty"], row["outcome"]): number
        for number, row in enumerate(records.rows(ORDER))
    }
    by_person: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    for row, quantity in sorted(work.rows.items(), key=lambda entry: place.get(entry[0], len(place))):
        by_person[str(row[1])].append((row, quantity))
    return {person: _person(rows, card) for person, rows in by_person.items()}


def differences(records: Records) -> list[str]:
    """Where the server's work rows are not those of the raw records, for whoever has to find out why."""
    own = judged_work(records).rows
    theirs: dict[Row, int] = defaultdict(int)
    for row in records.rows(ORDER):
        theirs[row["revision_id"], row["person_id"], row["difficulty"], row["outcome"]] += int(row["quantity"])
    unlike = [key for key in own.keys() | theirs.keys() if own.get(key) != theirs.get(key)]
    return [f"{key}: {own.get(key)} from raw records, {theirs.get(key)} in work rows" for key in unlike]


def _person(rows: list[tuple[Row, int]], card: Mapping[str, Any]) -> int:
    accepted = sum(quantity for row, quantity in rows if row[3] == "accepted")
    judged = accepted + sum(quantity for row, quantity in rows if row[3] == "rejected")
    share = Fraction(accepted, judged) if judged else Fraction(1)
    steps = card.get("quality", [])
    reached = next((step for step in steps if share >= Fraction(step["at_least"])), None)
    coefficient = Fraction(reached["coefficient"]) if reached else Fraction(1)
    quota, beyond = Fraction(str(card["quota_units"])), dict[tuple[str, str], Fraction]()
    for (_, _, difficulty, outcome), quantity in rows:
        if outcome not in ("accepted", "rework_rule"):
            continue
        inside = min(quota, Fraction(quantity))
        quota -= inside
        beyond[difficulty, outcome] = beyond.get((difficulty, outcome), Fraction(0)) + quantity - inside
    total = int(card["base_fen"])
    for (difficulty, outcome), quantity_beyond in beyond.items():
        factor = Fraction(1) if outcome == "rework_rule" else coefficient
        amount = quantity_beyond * Fraction(card["rates"]["box"]) * Fraction(card["difficulty"][difficulty]) * factor
        total += int(amount + Fraction(1, 2))  # half up: amounts are not negative
    return total
