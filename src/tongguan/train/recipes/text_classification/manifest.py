"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class TextParams(LoopParams):
    """Parameters of the classifier of texts."""

    epochs: int = Field(
        default=40,
        ge=1,
        le=10_000,
        description="How often each text is seen at most: the minutes may end before, never after.",
    )
    longest: int = Field(
        default=3,
        ge=1,
        le=6,
        description="Characters of the longest n-gram.",
        json_schema_extra=chosen(2, 3, 4, 5),
    )
    least: int = Field(default=2, ge=1, le=1_000, description="An n-gram counts from so many training texts.")
    most: int = Field(
        default=300_000, ge=100, le=2_000_000, description="Largest number of n-grams; the most frequent ones stay."
    )
    batch: int = Field(default=64, ge=1, le=1_024, description="Texts per step.")
    learning_rate: float = Field(
        default=0.03,
        gt=0,
        le=1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(0.003, 0.3, log=True),
    )
    weight_decay: float = Field(
        default=0.01,
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
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")


MANIFEST = Manifest(
    id="text-classification",
    task="classification",
    media="text",
    label_kind="class",
    params=TextParams,
    run="tongguan.train.recipes.text_classification.run",
    predict="tongguan.train.recipes.text_classification.predict",
    minutes=1.0,
    memory_mb=1_000,
)
