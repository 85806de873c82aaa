"""All media that recipes learn from. To add one: a file beside this one and a line in `_MEMBERS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.sides import decide_sides
from tongguan.train.recipes.sources.base import Asked, Media, Progress, Source
from tongguan.train.recipes.sources.clouds import Clouds
from tongguan.train.recipes.sources.conversations import Conversations
from tongguan.train.recipes.sources.pairs import Pairs
from tongguan.train.recipes.sources.pictures import Pictures
from tongguan.train.recipes.sources.recordings import Recordings
from tongguan.train.recipes.sources.rows import Rows
from tongguan.train.recipes.sources.series import SeriesFiles
from tongguan.train.recipes.sources.sounds import Sounds
from tongguan.train.recipes.sources.texts import Texts
from tongguan.train.recipes.start import checked_params

_MEMBERS: tuple[Media, ...] = (
    Pictures(),
    Texts(),
    Sounds(),
    Rows(),
    SeriesFiles(),
    Recordings(),
    Clouds(),
    Conversations(),
    Pairs(),
)
MEDIA: dict[str, Media] = {member.id: member for member in _MEMBERS}

if len(MEDIA) != len(_MEMBERS):
    raise RuntimeError("two media share an id")


def media_of(recipe_id: str) -> Media:
    """The medium that a recipe learns from."""
    return MEDIA[recipe(recipe_id).media]


def read_for(
    recipe_id: str,
    path: Path,
    format_id: str,
    settings: Mapping[str, Any],
    kept: float = 0.0,
    progress: Progress | None = None,
) -> Source:
    """Reads what a recipe learns from, with its parameters as given. Raises UsageProblem and RecipeError."""
    asked = Asked(recipe(recipe_id), checked_params(recipe_id, settings), kept)
    return media_of(recipe_id).read(path, format_id, asked, progress)


def gather(
    recipe_id: str,
    path: Path,
    format_id: str,
    settings: Mapping[str, Any],
    kept: float,
    progress: Progress | None = None,
    always_hold_out: bool = False,
) -> Gathered:
    """Reads and decides the sides: what a run or a study is started with."""
    source = read_for(recipe_id, path, format_id, settings, kept, progress)
    share = checked_params(recipe_id, settings).held_share()
    return decide_sides(source, kept, share, always_hold_out)
