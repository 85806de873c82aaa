"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class SpanParams(LoopParams):
    """Parameters of the tagger."""

    holdout: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Share of the training groups that no member fits. 0: each member leaves out a part of its own, "
        "and these parts fix the operating threshold.",
    )
    checkpoint_steps: int = Field(default=400, ge=1, le=100_000, description="Steps between two checkpoints.")
    epochs: int = Field(
        default=24,
        ge=1,
        le=1_000,
        description="How often each member sees its texts at most: the minutes may end before, never after.",
    )
    members: int = Field(
        default=4,
        ge=1,
        le=16,
        description="Networks that are trained, each without a part of its own, and averaged; with many texts fewer.",
    )
    batch: int = Field(default=16, ge=1, le=512, description="Texts per step.")
    learning_rate: float = Field(
        default=2e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW for the network.",
        json_schema_extra=searched(5e-4, 8e-3, log=True),
    )
    sweeps: int = Field(
        default=12,
        ge=1,
        le=200,
        description="How often the field over n-grams sees its texts; the minutes may allow fewer.",
    )
    penalty: float = Field(
        default=1.0,
        ge=0,
        le=1_000,
        description="L2 penalty of the field's weights.",
        json_schema_extra=searched(0.1, 10.0, log=True),
    )
    weight_decay: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.002, 0.2, log=True),
    )
    width: int = Field(
        default=128,
        ge=8,
        le=1024,
        multiple_of=8,
        description="Features of the network per character.",
        json_schema_extra=chosen(64, 96, 128, 192),
    )
    dropout: float = Field(
        default=0.4,
        ge=0,
        lt=1,
        description="Share of the network's features that is left out at random.",
        json_schema_extra=searched(0.1, 0.6),
    )
    least: int = Field(
        default=2, ge=1, le=100, description="An n-gram counts from so many times in the training texts."
    )
    most: int = Field(
        default=1_500_000, ge=100, le=10_000_000, description="Largest number of n-grams; the most frequent ones stay."
    )
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")


MANIFEST = Manifest(
    id="span-extraction",
    task="spans",
    media="text",
    label_kind="span",
    params=SpanParams,
    run="tongguan.train.recipes.span_extraction.run",
    predict="tongguan.train.recipes.span_extraction.predict",
    minutes=8.0,
    memory_mb=1_500,
    folds=True,
)
