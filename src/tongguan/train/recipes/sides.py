"""Which item trains, which is kept, which is tested: the data's own sides, else by the hash of its group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from tongguan.datasets.splitting import Candidate, Shares, TooFewGroups, fraction, split
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.items import BY_CLUSTER, BY_GROUP, BY_SIDES, Gathered, Item, LeftOut, Side, label_digest
from tongguan.train.recipes.sources.base import Found, Source

LEAST_GROUPS = 5
"""With fewer training groups none is held out: the model needs them all."""
_SIDES: tuple[Side, ...] = get_args(Side)


def decide_sides(source: Source, kept: float, holdout: float = 0.0, always_hold_out: bool = False) -> Gathered:
    """Every item of a source on a side, or left out with the reason.

    The source's own sides are read (train, kept, test; line is not used). Train and test only, or no sides: a share
    `kept` of the training groups is kept, by the hash of the near-duplicate cluster; of equal pictures the first by
    name stays. `holdout`: share of the training groups that no weight is fitted on. None is held out where nothing is
    kept or tested, unless `always_hold_out`: then all items train. Raises UsageProblem where there are too few groups.
    """
    left_out = list(source.left_out)
    found = list(source.found) if source.copies else _once(source.found, left_out)
    own = {one.side for one in found} & {"kept", "test"}
    usable = _usable(found, bool(own), left_out)
    sides: dict[str, Side] = {one.name: _own_side(one) for one in usable}
    clusters = BY_GROUP if source.grouped else BY_CLUSTER
    by = source.by or (BY_SIDES if own else clusters)
    if "kept" not in own and kept > 0:
        sides |= _kept_by_hash([one for one in usable if sides[one.name] == "train"], kept)
        by = f"{BY_SIDES}; kept: {clusters}" if own else clusters
    held = _held_out(usable, sides, holdout) if own or kept > 0 or always_hold_out else frozenset()
    items = [_item(one, sides[one.name], one.group in held) for one in usable]
    return Gathered(
        source=source.path,
        format=source.format,
        by=by,
        sha256=source.sha256,
        facts=dict(source.facts),
        items=tuple(items),
        left_out=tuple(sorted(left_out, key=lambda one: one.name)),
    )


def _own_side(one: Found) -> Side:
    return one.side if one.side in _SIDES else "train"


def _once(found: Iterable[Found], left_out: list[LeftOut]) -> list[Found]:
    first: dict[str, Found] = {}
    for one in found:
        stays = first.setdefault(one.sha256, one)
        if stays is not one:
            same = label_digest(stays.labels) == label_digest(one.labels)
            note = "" if same else ", with other labels"
            left_out.append(LeftOut(name=one.name, reason=f"the same picture as {stays.name}{note}"))
    return list(first.values())


def _usable(found: list[Found], own: bool, left_out: list[LeftOut]) -> list[Found]:
    usable = []
    for one in found:
        if one.side == "line":
            left_out.append(LeftOut(name=one.name, reason="it is on the side line, which neither trains nor measures"))
        elif own and one.side is None:
            left_out.append(LeftOut(name=one.name, reason="it is on none of the sides of the data"))
        else:
            usable.append(one)
    return usable


def _kept_by_hash(found: list[Found], kept: float) -> dict[str, Side]:
    candidates = [Candidate(one.name, one.sha256, cluster=one.group) for one in found]
    if not candidates:
        return {}
    try:
        sides = split(candidates, Shares(kept)).sides
    except TooFewGroups as error:
        groups = len({one.group for one in found})
        message = (
            f"{groups} groups of pictures are too few to train on some and keep {kept:g} of them; add more, or kept=0"
        )
        raise UsageProblem("too_few_groups", message, groups=groups) from error
    return {name: "kept" if side == "kept" else "train" for name, side in sides.items()}


def _held_out(found: list[Found], sides: dict[str, Side], share: float) -> frozenset[str]:
    """Groups of the hold-out; at least one where there are enough."""
    groups = sorted({one.group for one in found if sides[one.name] == "train"}, key=_fraction)
    if share <= 0 or len(groups) < LEAST_GROUPS:
        return frozenset()
    chosen = [group for group in groups if _fraction(group) < share]
    return frozenset(chosen or groups[:1])


def _fraction(group: str) -> float:
    # Another number than the one that decides sides, which is never small here.
    return fraction(f"hold-out {group}")


def _item(one: Found, side: Side, held: bool) -> Item:
    return Item(
        name=one.name,
        path=one.path,
        sha256=one.sha256,
        side=side,
        group=one.group,
        labels=tuple(label.model_dump(mode="json") for label in one.labels),
        width=one.width,
        height=one.height,
        holdout=held and side == "train",
        slices=dict(one.slices),
    )
