"""What other stages may call of the stage datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from tongguan.core.database import Session
from tongguan.datasets import repository
from tongguan.datasets.models import DatasetEntry, DatasetVersion
from tongguan.datasets.service.exporting import StoredTree, materialize
from tongguan.datasets.service.freezing import version_of

__all__ = ["DatasetEntry", "DatasetVersion", "StoredTree", "entries", "materialize", "version", "versions"]


def version(session: Session, project_id: UUID, number: int) -> DatasetVersion:
    """A version of a project by its number. NotFound otherwise."""
    return version_of(session, project_id, number)


def versions(session: Session, project_id: UUID) -> Sequence[DatasetVersion]:
    """All versions of a project, newest first."""
    return repository.versions(session, project_id)


def entries(session: Session, version_id: UUID) -> Iterator[Sequence[DatasetEntry]]:
    """Entries of a version by name, in chunks."""
    return repository.entries(session, version_id)
