"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class PreferenceParams(LoopParams):
    """Parameters of the reward model."""

    encoder: str = Field(
        default="",
        max_length=4_096,
        description="Folder of a language model (encoder or causal) that reads prompt and answer besides: config.json, "
        "safetensors, tokenizer. Never a name on a hub. Empty: texts are read without one.",
    )
    encoder_length: int = Field(
        default=256, ge=16, le=32_768, description="Most tokens of a prompt and an answer that the encoder reads."
    )
    epochs: int = Field(
        default=30,
        ge=1,
        le=10_000,
        description="How often each pair is seen at most: the minutes may end before, never after.",
    )
    longest: int = Field(
        default=3,
        ge=1,
        le=6,
        description="Characters of the longest n-gram.",
        json_schema_extra=chosen(1, 2, 3, 4),
    )
    least: int = Field(default=2, ge=1, le=1_000, description="An n-gram counts from so many training answers.")
    most: int = Field(
        default=200_000, ge=100, le=2_000_000, description="Largest number of n-grams; the most frequent ones stay."
    )
    hidden: int = Field(
        default=16,
        ge=1,
        le=512,
        description="Units between the plain facts of an answer (length, numbers, overlap) and its reward.",
    )
    batch: int = Field(default=64, ge=1, le=1_024, description="Pairs per step.")
    learning_rate: float = Field(
        default=0.03,
        gt=0,
        le=1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(0.003, 0.3, log=True),
    )
    weight_decay: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.001, 0.2, log=True),
    )
    blanking: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="Share of the n-grams that is left out at random.",
        json_schema_extra=searched(0.0, 0.7),
    )
    average: float = Field(default=0.98, ge=0, lt=1, description="Decay of the averaged weights.")


MANIFEST = Manifest(
    id="preference",
    task="preference",
    media="pairs",
    label_kind="preference",
    params=PreferenceParams,
    run="tongguan.train.recipes.preference.run",
    predict="tongguan.train.recipes.preference.predict",
    minutes=1.0,
    memory_mb=1_000,
)
