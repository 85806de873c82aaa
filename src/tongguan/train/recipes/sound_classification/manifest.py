"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class SoundParams(LoopParams):
    """Parameters of the classifier of sounds."""

    rate: int = Field(
        default=0,
        ge=0,
        le=48_000,
        description="Samples a second that sounds are brought to. 0: the lowest of the training sounds, at most 16000.",
    )
    seconds: float = Field(
        default=0.0,
        ge=0,
        le=60,
        description="Length that the model hears. 0: the length that 98 % of the training sounds fit in, at most 10.",
    )
    bands: int = Field(default=40, ge=16, le=128, multiple_of=8, description="Bands of the spectrogram.")
    width: int = Field(
        default=32,
        ge=8,
        le=256,
        multiple_of=8,
        description="Features of the first layers of the network.",
        json_schema_extra=chosen(16, 24, 32, 48),
    )
    batch: int = Field(default=48, ge=1, le=512, description="Sounds per step.")
    learning_rate: float = Field(
        default=3e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(5e-4, 1e-2, log=True),
    )
    weight_decay: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.002, 0.2, log=True),
    )
    dropout: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="Share of the features that is left out at random.",
        json_schema_extra=searched(0.0, 0.5),
    )
    smoothing: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="Share of the truth that is spread over all label classes.",
        json_schema_extra=searched(0.0, 0.2),
    )
    warp: float = Field(
        default=0.25,
        ge=0,
        le=0.5,
        description="Frequencies are stretched by up to this share, as by another length of the vocal tract or pitch.",
        json_schema_extra=searched(0.0, 0.35),
    )
    stretch: float = Field(
        default=0.25, ge=0, le=0.7, description="Time is stretched or pressed by up to this share: another speed."
    )
    noise: float = Field(
        default=0.1, ge=0, le=1, description="Noise of up to this share of the mean power is added, often far less."
    )
    mask_bands: int = Field(default=8, ge=0, le=64, description="Most bands that a stripe blanks out, twice.")
    mask_frames: int = Field(
        default=15, ge=0, le=500, description="Most hundredths of a second that a gap blanks out, twice."
    )
    voices: int = Field(
        default=3,
        ge=1,
        le=9,
        description="In use a sound is heard as by so many voices, up to a tenth higher and lower, and the answers are "
        "averaged. 1: as it is, which is faster.",
    )
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")


MANIFEST = Manifest(
    id="sound-classification",
    task="classification",
    media="sound",
    label_kind="class",
    params=SoundParams,
    run="tongguan.train.recipes.sound_classification.run",
    predict="tongguan.train.recipes.sound_classification.predict",
    minutes=5.0,
    memory_mb=1_000,
)
