"""What the server's database holds, read only, for recomputations that no page of the server takes part in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

FIRST = """
    SELECT i.name, r.labels FROM annotation a
    JOIN annotation_revision r ON r.annotation_id = a.id AND r.number = 1
    JOIN item i ON i.id = a.item_id
    WHERE a.project_id = %(project)s AND a.purpose = 'ordinary' AND a.source = 'person'
"""
SETTLED = """
    SELECT i.name, a.item_id, r.labels FROM annotation a
    JOIN annotation_revision r ON r.id = a.current_revision_id
    JOIN item i ON i.id = a.item_id AND i.state = 'ok'
    WHERE a.project_id = %(project)s AND a.purpose = 'ordinary' AND a.state = 'accepted'
"""
LEFT_OUT = """
    SELECT l.item_id FROM dataset_left_out l JOIN dataset_version v ON v.id = l.version_id
    WHERE v.project_id = %(project)s AND v.number = %(number)s
"""
TWICE = """
    SELECT count(*) AS n FROM (
        SELECT t.item_id FROM lease l JOIN task t ON t.id = l.task_id
        WHERE t.project_id = %(project)s AND t.purpose = 'ordinary' AND t.needed = 1 AND t.rework_of IS NULL
        GROUP BY t.item_id HAVING count(DISTINCT l.person_id) > 1) AS twice
"""
NEAR = """
    SELECT e.name, e.side, i.cluster_key FROM dataset_entry e
    JOIN dataset_version v ON v.id = e.version_id JOIN item i ON i.id = e.item_id
    WHERE v.project_id = %(project)s AND v.number = %(number)s
"""
PROPOSED = """
    SELECT COALESCE(sum(jsonb_array_length(p.labels)), 0) AS n
    FROM prelabel_outcome o JOIN prelabel p ON p.id = o.prelabel_id WHERE p.project_id = %(project)s
"""


class Records:
    """A read-only connection to the embedded database of a data folder."""

    def __init__(self, data: Path, project_id: str) -> None:
        place = next(iter(data.rglob("postmaster.pid")))
        socket = place.read_text(encoding="utf-8").splitlines()[4]
        self.project_id = project_id
        self.connection = psycopg.connect(f"postgresql://postgres@/tongguan?host={socket}", row_factory=dict_row)
        self.connection.read_only = True
        self.connection.autocommit = True

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """All rows of a query; `project` is filled in."""
        return self.connection.execute(sql, {"project": self.project_id, **values}).fetchall()

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def first_answers(self) -> dict[str, list[dict[str, Any]]]:
        """Ordinary answers as first submitted, by name of the item."""
        return {row["name"]: row["labels"] for row in self.rows(FIRST)}

    def settled(self) -> dict[str, list[dict[str, Any]]]:
        """The accepted answer of each item; ValueError when an item has two."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows(SETTLED):
            if row["name"] in found:
                raise ValueError(f"{row['name']} has two accepted answers")
            found[row["name"]] = row["labels"]
        return found

    def exportable(self, number: int) -> dict[str, list[dict[str, Any]]]:
        """The accepted answers without the items that the version left out."""
        gone = {row["item_id"] for row in self.rows(LEFT_OUT, number=number)}
        return {row["name"]: row["labels"] for row in self.rows(SETTLED) if row["item_id"] not in gone}

    def handed_out_twice(self) -> int:
        """Items of ordinary tasks that two people held a lease on."""
        return int(self.rows(TWICE)[0]["n"])

    def proposed(self) -> int:
        """Boxes that a model proposed in work that was answered; on hidden gold, once for each person."""
        return int(self.rows(PROPOSED)[0]["n"])

    def torn_clusters(self, number: int) -> tuple[int, int]:
        """(near-duplicate clusters of two and more, those of them on two sides) in a frozen version."""
        sides: dict[str, list[str]] = defaultdict(list)
        for row in self.rows(NEAR, number=number):
            sides[row["cluster_key"] or row["name"]].append(row["side"])
        together = [found for found in sides.values() if len(found) > 1]
        return len(together), sum(len(set(found)) > 1 for found in together)
