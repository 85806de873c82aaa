"""Plates that two people answer, so that some answers differ: an inspector settles one, others wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongguan.cli.simulation.people import difference
from tongguan.cli.simulation.site import Site

TWICE = 20
FIRST = 50  # before everything else, so that both answers are in when work is reviewed


def ask_twice(manager: Site, project: str, items: Sequence[str]) -> None:
    """Tasks for two people each."""
    wish = {"item_ids": list(items[:TWICE]), "overlap": 2, "priority": FIRST}
    manager.post(f"{project}/tasks/create", wish)


def waiting(manager: Site, project: str) -> int:
    """Answers that stand in no lot, because they differ and nobody has settled which is right."""
    return sum(len(row["answers"]) for row in _open(manager, project))


def settle_some(inspector: Site, project: str, truth: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    """Settles every second disagreement by the answer that is nearest to the truth; leaves at least one."""
    found = _open(inspector, project)
    chosen = found[1::2]
    for row in chosen:
        right = truth[row["item"]["name"]]
        best = min(row["answers"], key=lambda answer: len(difference(answer["labels"], right, 0.5)))
        body = {"annotation_id": best["annotation_id"], "revision": best["revision"]}
        inspector.post(f"{project}/disagreements/{row['item_id']}/settle", body)
    return len(chosen)


def _open(site: Site, project: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.get(f"{project}/disagreements", limit=100)["items"]
    return found
