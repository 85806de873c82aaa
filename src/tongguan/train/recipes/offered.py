"""Which recipes a project can use: those whose labels its editor draws and shows."""

from __future__ import annotations

from tongguan.catalog.labels.registry import EDITOR_KINDS
from tongguan.train.recipes.base import Manifest
from tongguan.train.recipes.registry import RECIPES

PROJECT_MEDIA = "image"
"""What the items of a project are; other recipes are used from the command line."""


def fits_projects(one: Manifest) -> bool:
    """Whether a recipe learns from pictures with labels that the editor draws, and answers with such labels."""
    return one.media == PROJECT_MEDIA and one.projects and {one.label_kind, *one.gives} <= set(EDITOR_KINDS)


def offered() -> list[Manifest]:
    """The recipes of a project, in the order of the registry."""
    return [one for one in RECIPES.values() if fits_projects(one)]
