"""Sides of items: equal pictures once, near-duplicates together, items between two sides left out and listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tongguan.datasets.splitting.assign import Shares, TooFewGroups, assign


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item to be put on a side.

    `group` is its group key (plate, patient, scene), None without one. `cluster` is any text that items which look the
    same share, None where an item looks like no other. `key` is the key under which the item was decided in an earlier
    version: it is read, so that a cluster that grows keeps its name. `labels` is a digest to tell equal answers.
    """

    name: str
    sha256: str
    labels: str = ""
    group: str | None = None
    cluster: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """An equal picture under another name: `item` is left out, `kept` stays. `same_labels`: their answers agree."""

    item: str
    kept: str
    same_labels: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that is on no side, and why."""

    item: str
    reason: str


@dataclass(slots=True)
class Split:
    """`sides` and `keys` by item name; `decided` holds the side of every key, old and new, to be written down."""

    sides: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def split(candidates: Iterable[Candidate], shares: Shares, decided: Mapping[str, str] | None = None) -> Split:
    """Puts every item on train, kept or line, or leaves it out with a reason.

    Raises TooFewGroups when a wanted side stays empty, ValueError when two items have the same name.
    """
    written = dict(decided or {})
    result = Split()
    ordered = sorted(candidates, key=lambda item: item.name)
    if len({item.name for item in ordered}) < len(ordered):
        raise ValueError("two items have the same name")
    items = _once(ordered, result)
    links = _links(items)
    keys = {key for own in links.values() for key in own}
    sides = assign(keys, shares, {key: side for key, side in written.items() if key in keys})
    for item in items:
        found = sorted({sides[key] for key in links[item.name]})
        if len(found) > 1:
            names = ", ".join(f"{key[:60]} ({sides[key]})" for key in sorted(links[item.name]))
            result.left_out.append(LeftOut(item.name, f"linked to groups on different sides: {names}"))
            continue
        result.sides[item.name] = found[0]
        result.keys[item.name] = item.key or item.group or min(links[item.name])
    for side in shares.wanted():
        if side not in result.sides.values():
            raise TooFewGroups(side, len(keys))
    used = {key for item in items for key in links[item.name]}
    result.decided = {**written, **{key: sides[key] for key in used}}
    result.left_out.sort(key=lambda left: left.item)
    return result


def _once(ordered: Sequence[Candidate], result: Split) -> list[Candidate]:
    """Of equal pictures the first stays: one that was decided before, else the first by name."""
    first: dict[str, Candidate] = {}
    for item in sorted(ordered, key=lambda item: (item.key is None, item.name)):
        kept = first.setdefault(item.sha256, item)
        if kept is not item:
            same = kept.labels == item.labels
            result.conflicts.append(Conflict(item.name, kept.name, same))
            note = "" if same else ", with other labels"
            result.left_out.append(LeftOut(item.name, f"the same picture as {kept.name}{note}"))
    return [item for item in ordered if first[item.sha256] is item]


def _links(items: Sequence[Candidate]) -> dict[str, set[str]]:
    """The group keys that each item depends on.

    An item decided before depends on its own key alone. Others depend on their group and on the keys of everything
    that looks the same; where nothing there has a key, the cluster is named by the hash of its first member.
    """
    clusters: dict[str, list[Candidate]] = {}
    for item in items:
        clusters.setdefault(f"c{item.cluster}" if item.cluster is not None else f"s{item.sha256}", []).append(item)
    links: dict[str, set[str]] = {}
    for members in clusters.values():
        shared = {key for item in members for key in (item.key, item.group) if key}
        shared = shared or {members[0].sha256}
        for item in members:
            links[item.name] = {item.key} if item.key else set(shared)
    return links
