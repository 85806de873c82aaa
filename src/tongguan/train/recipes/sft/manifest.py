"""What the recipe is asked: the model's folder, how it is tuned, and the ranges of both."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched

FILE = "language.json"


class SftParams(LoopParams):
    """Parameters of supervised fine-tuning."""

    model: str = Field(
        default="",
        max_length=4_096,
        description="Folder of a causal language model: config.json, safetensors, tokenizer. Never a name on a hub.",
    )
    method: Literal["lora", "full"] = Field(
        default="lora",
        description="lora: small matrices beside the model's own are trained and saved; full: every weight is.",
    )
    rank: int = Field(
        default=8, ge=1, le=512, description="Rank of the LoRA matrices.", json_schema_extra=chosen(4, 8, 16, 32)
    )
    alpha: float = Field(default=16.0, gt=0, le=1_024, description="LoRA adds alpha / rank times its matrices.")
    dropout: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="Share of the inputs of the LoRA matrices that is left out at random.",
        json_schema_extra=searched(0.0, 0.2),
    )
    layers: str = Field(
        default="all-linear",
        max_length=1_000,
        description="Layers that get LoRA matrices, with commas between their names; all-linear: all but the last.",
    )
    learning_rate: float = Field(
        default=0.0002,
        gt=0,
        le=1,
        description="Largest learning rate of AdamW. Full tuning wants about a tenth of it.",
        json_schema_extra=searched(0.00002, 0.002, log=True),
    )
    weight_decay: float = Field(default=0.0, ge=0, le=1, description="Weight decay of AdamW, on matrices only.")
    batch: int = Field(default=4, ge=1, le=256, description="Conversations that go through the model together.")
    accumulate: int = Field(default=4, ge=1, le=1_024, description="Batches whose gradients make one step.")
    length: int = Field(
        default=1_024,
        ge=16,
        le=131_072,
        description="Most tokens of a conversation; what is longer is cut at its end, counted and said.",
    )
    epochs: int = Field(
        default=3,
        ge=1,
        le=1_000,
        description="How often each conversation is seen at most: the minutes may end before.",
    )
    answer_tokens: int = Field(
        default=256, ge=1, le=32_768, description="Most tokens of an answer that the trained model gives."
    )
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="How the untouched weights are held; bfloat16 halves their memory and is for lora alone.",
    )


MANIFEST = Manifest(
    id="sft",
    task="answers",
    media="conversation",
    label_kind="turn_edit",
    params=SftParams,
    run="tongguan.train.recipes.sft.run",
    predict="tongguan.train.recipes.sft.predict",
    minutes=10.0,
    memory_mb=8_000,
    model_file=FILE,
)
