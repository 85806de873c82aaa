"""The data of a frozen version as a folder, for trainings and studies."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from tongguan.core.jobs import JobContext
from tongguan.datasets.interface import materialize


def version_data(context: JobContext, version_id: UUID, base: Path) -> Path:
    """The version as COCO with its pictures; written once, under its final name only when whole."""
    data = base / "data"
    if not data.exists():
        part = base / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        materialize(context, version_id, part)
        part.rename(data)
    return data
