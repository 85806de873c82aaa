"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class SpeechParams(LoopParams):
    """Parameters of speech to text."""

    rate: int = Field(
        default=0,
        ge=0,
        le=48_000,
        description="Samples a second that sounds are brought to. 0: the lowest of the training sounds, at most 16000.",
    )
    bands: int = Field(default=40, ge=16, le=128, multiple_of=8, description="Bands of the spectrogram.")
    width: int = Field(
        default=96,
        ge=16,
        le=512,
        multiple_of=8,
        description="Features of the network.",
        json_schema_extra=chosen(64, 96, 128),
    )
    depth: int = Field(default=4, ge=1, le=12, description="Layers over time, each of which looks twice as far.")
    batch: int = Field(default=16, ge=1, le=256, description="Sounds per step.")
    learning_rate: float = Field(
        default=3e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(5e-4, 1e-2, log=True),
    )
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.001, 0.2, log=True),
    )
    dropout: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="Share of the features that is left out at random.",
        json_schema_extra=searched(0.0, 0.4),
    )
    warp: float = Field(
        default=0.2,
        ge=0,
        le=0.5,
        description="Frequencies are stretched by up to this share, as by another length of the vocal tract or pitch.",
        json_schema_extra=searched(0.0, 0.35),
    )
    stretch: float = Field(
        default=0.2, ge=0, le=0.7, description="Time is stretched or pressed by up to this share: another speed."
    )
    noise: float = Field(
        default=0.1, ge=0, le=1, description="Noise of up to this share of the mean power is added, often far less."
    )
    mask_bands: int = Field(default=6, ge=0, le=64, description="Most bands that a stripe blanks out, twice.")
    mask_frames: int = Field(
        default=8, ge=0, le=500, description="Most hundredths of a second that a gap blanks out, twice."
    )
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")
    beam: int = Field(
        default=12, ge=1, le=200, description="Texts that are followed at once in use. 1: the best path alone, faster."
    )
    language: float = Field(
        default=0.3,
        ge=0,
        le=3,
        description="Weight of the pairs of characters seen in the training texts, when texts are compared. 0: none.",
    )
    sentences: Literal["any", "known"] = Field(
        default="any",
        description="known: only sentences of the training texts are ever answered, as for a fixed set of commands.",
    )


MANIFEST = Manifest(
    id="speech-to-text",
    task="transcription",
    media="sound",
    label_kind="sound_segment",
    params=SpeechParams,
    run="tongguan.train.recipes.speech_to_text.run",
    predict="tongguan.train.recipes.speech_to_text.predict",
    minutes=10.0,
    memory_mb=1_000,
)
