"""A model that was trained elsewhere becomes a model version: checked, with its origin, on the same chain."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from tongguan.core import audit, events
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.core.ids import new_id
from tongguan.core.storage import Storage
from tongguan.projects.interface import ProjectAccess
from tongguan.train import repository
from tongguan.train.events import MODEL_TRAINED
from tongguan.train.models import ModelVersion
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.incoming import take_archive
from tongguan.train.recipes.model_folder import Card
from tongguan.train.recipes.model_text import write_registered
from tongguan.train.schemas import ModelOrigin
from tongguan.train.service import runs
from tongguan.train.service.packing import pack


def register(access: ProjectAccess, storage: Storage, archive: Path, origin: ModelOrigin) -> ModelVersion:
    """Checks an archive and makes a model version of it. Invalid with the reason where it is broken or hostile."""
    session, caller, project_id = access.session, access.caller, access.project.id
    version = runs.trainable(session, project_id, origin.dataset_version) if origin.dataset_version else None
    with tempfile.TemporaryDirectory(prefix="tongguan-model-") as scratch:
        model = Path(scratch) / "model"
        try:
            card = take_archive(archive, model)
        except ModelRefused as problem:
            raise Invalid(problem.code, problem.message, problem.params) from problem
        write_registered(model, card, origin.model_dump())
        packed = Path(scratch) / "model.zip"
        pack(model, packed)
        model_id = new_id()
        key = f"{access.caller.org_id}/models/{model_id}.zip"
        with packed.open("rb") as stream:
            storage.put(key, stream)
        size, digest = packed.stat().st_size, hashlib.sha256(packed.read_bytes()).hexdigest()
    made = ModelVersion(
        id=model_id,
        project_id=project_id,
        dataset_version_id=version.id if version else None,
        recipe=card.recipe,
        origin={**origin.model_dump(), "registered": True},
        person_id=caller.person_id,
        number=repository.next_model_number(session, project_id),
        key=key,
        size=size,
        sha256=digest,
        **_of_card(card),
    )
    _tell(session, caller, made)
    return made


def _of_card(card: Card) -> dict[str, object]:
    return {"classes": list(card.labels), "threshold": card.threshold, "threshold_from": card.threshold_from}


def _tell(session: Session, caller: Caller, made: ModelVersion) -> None:
    session.add(made)
    session.flush()
    session.refresh(made)
    payload = {"project_id": str(made.project_id), "model_version_id": str(made.id), "run_id": None}
    events.emit(session, MODEL_TRAINED, payload)
    audit.record(session, caller.person_id, "registered", "model_version", made.id, made.origin, made.project_id)
