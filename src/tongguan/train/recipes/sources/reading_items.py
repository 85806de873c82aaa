"""One way through the items of a folder, archive or file in a format of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongguan.catalog.formats.base import Reader, ReadError, ReadItem, Refused, Report, Tree
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import LeftOut
from tongguan.train.recipes.reading import open_source
from tongguan.train.recipes.sources.base import Found, Progress


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """The format and why it was taken, the items in the order of reading, and what the format itself refused.

    grouped: an item names its group.
    """

    format: str
    why: str
    found: list[Found]
    left_out: list[LeftOut]
    refused: list[Refused]
    grouped: bool


def first_reason(left_out: Sequence[LeftOut]) -> str:
    """Why the first item cannot be used, behind a colon; empty where there is none."""
    return f": {left_out[0].name}: {left_out[0].reason}" if left_out else ""


def read_items(
    path: Path,
    choose: Callable[[Tree], tuple[Reader, str]],
    found_of: Callable[[Tree, ReadItem], Found | LeftOut],
    progress: Progress | None,
) -> ItemsRead:
    """choose: the format and why. Raises RecipeError where the data cannot be read."""
    tree, report = open_source(path), Report()
    found: list[Found] = []
    left_out: list[LeftOut] = []
    grouped = False
    try:
        chosen, why = choose(tree)
        for at, item in enumerate(chosen.read(tree, report), start=1):
            one = found_of(tree, item)
            if isinstance(one, Found):
                found.append(one)
            else:
                left_out.append(one)
            grouped = grouped or item.group is not None
            if progress:
                progress(at)
    except ReadError as error:
        raise RecipeError("data_unreadable", str(error), path=str(path)) from error
    finally:
        tree.close()
    return ItemsRead(chosen.id, why, found, left_out, report.refused, grouped)
