"""The folder `model/` of a run: what serving loads, and how it is told from a broken or foreign one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.folder import write_json, write_whole

CARD = "model.json"
MODEL = "model.onnx"
MOST_MODEL_BYTES = 1_000_000_000
MOST_CARD_BYTES = 4_000_000


class Preprocessing(BaseModel):
    """How a picture becomes the input: longest side to `size`, bilinear, border of grey `border` right and below."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(ge=32, le=2048)
    fit: Literal["longest-side"] = "longest-side"
    filter: Literal["bilinear"] = "bilinear"
    border: int = Field(default=127, ge=0, le=255)
    order: Literal["NCHW"] = "NCHW"
    channels: Literal["RGB"] = "RGB"
    type: Literal["uint8"] = "uint8"


class Card(BaseModel):
    """The content of model.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    recipe: str = Field(min_length=1, max_length=100)
    labels: tuple[str, ...] = Field(min_length=1, max_length=10_000)
    preprocessing: Preprocessing | None = Field(default=None, description="Of pictures; other media have none.")
    threshold: float = Field(ge=0, le=1)
    threshold_from: str = Field(max_length=500)
    nms_overlap: float | None = Field(default=None, ge=0, le=1, description="Detection: of two boxes, see the recipe.")
    model_sha256: str = Field(pattern="^[0-9a-f]{64}$")

    def size(self) -> int:
        """Side of the input picture in pixels. Raises ModelRefused where the card says nothing of pictures."""
        if self.preprocessing is None:
            raise ModelRefused("card_broken", f"{CARD}: preprocessing: the size of the input is missing", field="size")
        return self.preprocessing.size


def find_model(folder: Path) -> Path:
    """The folder with model.json: the folder itself, or its `model`. Raises ModelRefused."""
    for place in (folder, folder / "model"):
        if (place / CARD).is_file():
            return place
    message = f"{folder} holds no finished model (model.json is missing)"
    raise ModelRefused("model_missing", message, path=str(folder))


def read_card(model: Path) -> Card:
    """model.json, checked. Raises ModelRefused that names the field."""
    file = model / CARD
    if file.stat().st_size > MOST_CARD_BYTES:
        raise ModelRefused("card_too_large", f"{file} is larger than {MOST_CARD_BYTES} bytes", path=str(file))
    try:
        return Card.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ModelRefused("card_broken", f"{file}: {where}: {first['msg']}", path=str(file), field=where) from None


def read_model(model: Path, card: Card, name: str = MODEL) -> bytes:
    """The bytes of the model's file, which must be those that the card names. Raises ModelRefused."""
    file = model / name
    if not file.is_file():
        raise ModelRefused("model_missing", f"{file} is missing", path=str(file))
    if file.stat().st_size > MOST_MODEL_BYTES:
        raise ModelRefused("model_too_large", f"{file} is larger than {MOST_MODEL_BYTES} bytes", path=str(file))
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != card.model_sha256:
        message = f"{file} is not the file that {CARD} describes (its SHA-256 differs): damaged or exchanged"
        raise ModelRefused("model_damaged", message, path=str(file))
    return content


def write_model(model: Path, content: bytes, card: dict[str, Any], name: str = MODEL) -> Card:
    """Writes the model's file, labels.json, preprocessing.json of pictures, and last the card that makes the folder
    whole."""
    full = Card(**card, model_sha256=hashlib.sha256(content).hexdigest())
    write_whole(model / name, content)
    write_json(model / "labels.json", list(full.labels))
    if full.preprocessing is not None:
        write_json(model / "preprocessing.json", full.preprocessing.model_dump())
    write_json(model / CARD, full.model_dump())
    return full
