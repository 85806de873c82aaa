"""Checkpoints: tensors and numbers only, replaced whole, so that a kill never leaves half of one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.folder import write_whole


def save_checkpoint(file: Path, state: dict[str, Any]) -> None:
    """Writes the state; a reader sees the old file or the new one."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(file, buffer.getvalue())


def load_checkpoint(file: Path) -> dict[str, Any] | None:
    """The state, or None where there is none. Objects other than tensors and plain values are refused."""
    if not file.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise RecipeError("checkpoint_broken", f"{file} cannot be read: {str(error)[:200]}", path=str(file)) from error
    return state
