"""What lies beside the weights of a tuned model: how it was made, what it belongs to, and the hashes of its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Turns = Sequence[tuple[str, str]]


class Facts(BaseModel):
    """The content of language.json.

    folder: of the weights, in the model's folder. saved: SHA-256 of each file in it. base and base_files: the folder of
    the model that an adapter belongs to, and its files. length: most tokens of a conversation. own_template: whether
    the model's tokenizer has a chat template.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    method: Literal["lora", "full"]
    folder: Literal["adapter", "full"]
    saved: dict[str, str]
    base: str
    base_files: dict[str, str]
    precision: Literal["float32", "bfloat16"]
    length: int = Field(ge=1)
    answer_tokens: int = Field(ge=1)
    own_template: bool
