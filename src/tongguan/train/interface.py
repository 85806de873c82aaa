"""What other stages may call of the stage train."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.storage import Storage
from tongguan.train import repository
from tongguan.train.models import ModelVersion
from tongguan.train.recipes.base import ModelRefused, Predictor
from tongguan.train.recipes.registry import load_predictor
from tongguan.train.schemas import ModelOut
from tongguan.train.service import runs
from tongguan.train.service.runs import model_of

__all__ = ["ModelVersion", "Predictor", "model", "models", "models_of", "open_model", "unpack_model"]


def model(session: Session, project_id: UUID, model_id: UUID) -> ModelVersion:
    """A model version of a project. NotFound otherwise."""
    return model_of(session, project_id, model_id)


def models(session: Session, project_id: UUID) -> Sequence[ModelVersion]:
    """All model versions of a project, newest first."""
    return repository.models(session, project_id)


def models_of(session: Session, project_id: UUID) -> list[ModelOut]:
    """Model versions of a project, newest first, with the run and data that made them."""
    return runs.models(session, project_id)


def open_model(storage: Storage, key: str, folder: Path) -> Predictor:
    """Unpacks a stored model into an empty folder and loads it. ModelRefused when it is broken."""
    unpack_model(storage, key, folder)
    return load_predictor(folder)


def unpack_model(storage: Storage, key: str, folder: Path) -> None:
    """Unpacks a stored model into an empty folder, for a process that loads it. ModelRefused when it is broken."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with storage.open(key) as stream, zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                name = Path(entry.filename).name
                if name == entry.filename:  # flat by construction; anything else is not ours
                    (folder / name).write_bytes(archive.read(entry))
    except (FileNotFoundError, zipfile.BadZipFile) as error:
        raise ModelRefused("model_missing", f"the stored model cannot be opened: {error}") from error
