"""The card of a model: what a person has to know before they use it, from its archive, its run and its data."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from tongguan.core.database import Session
from tongguan.core.storage import Storage
from tongguan.datasets.interface import version
from tongguan.train import repository
from tongguan.train.models import ModelVersion
from tongguan.train.recipes.model_folder import CARD, Card
from tongguan.train.recipes.model_text import EXAMPLE, TEXT
from tongguan.train.recipes.registry import recipe
from tongguan.train.schemas import ModelData, ModelDetail, ModelFile, ModelLearning
from tongguan.train.service import runs

MOST_TEXT = 1 << 20
"""Of a member that is shown: more is not read."""


def detail(session: Session, storage: Storage, row: ModelVersion) -> ModelDetail:
    """The card of a model version. A stored archive that cannot be opened leaves `files` and texts empty."""
    card: Card | None = None
    files, texts = [], {CARD: "", TEXT: "", EXAMPLE: ""}
    with (
        suppress(FileNotFoundError, zipfile.BadZipFile, UnicodeDecodeError),
        storage.open(row.key) as stream,
        zipfile.ZipFile(stream) as archive,
    ):
        files = [ModelFile(name=one.filename, size=one.file_size) for one in archive.infolist()]
        held = {one.name for one in files if one.size <= MOST_TEXT}
        texts |= {name: archive.read(name).decode("utf-8") for name in texts if name in held}
    with suppress(ValidationError):
        card = Card.model_validate_json(texts[CARD])
    shown = runs.shown_models(session, [row])[0]
    data = version(session, row.project_id, shown.dataset_version) if shown.dataset_version else None
    return ModelDetail(
        **shown.model_dump(exclude={"url"}),
        task=recipe(row.recipe).task,
        preprocessing=card.preprocessing.model_dump() if card and card.preprocessing else {},
        nms_overlap=card.nms_overlap if card else None,
        learning=_learning(session, row),
        data=ModelData.model_validate(data) if data else None,
        files=files,
        text=texts[TEXT],
        example=texts[EXAMPLE],
    )


def _learning(session: Session, row: ModelVersion) -> ModelLearning | None:
    run = repository.run(session, row.project_id, row.run_id) if row.run_id else None
    if run is None:
        return None
    result: dict[str, Any] = run.result
    return ModelLearning(
        seed=run.seed,
        params=run.params,
        code=str(result.get("code") or ""),
        steps=result.get("steps"),
        seconds=result.get("seconds"),
        environment=result.get("environment") or {},
        split=result.get("split") or {},
        onnx=result.get("onnx") or {},
        classes=result.get("classes") or {},
        baseline=result.get("baseline") or {},
        at_threshold=result.get("at_threshold") or {},
    )
