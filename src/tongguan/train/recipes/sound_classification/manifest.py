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
        description="Length that the model hears. 0: the length that 98 % of the training sounds fit in, or where "
        "sounds are brought to one length half of them; at most 10.",
    )
    quiet: float = Field(
        default=25.0,
        ge=0,
        le=100,
        description="Decibels under the loudest moment below which begin and end of a sound are cut off. 0: nothing "
        "is.",
    )
    paced: bool = Field(
        default=True,
        description="Sounds are stretched or pressed to one length, as words are that people say at any speed. false: "
        "they keep their pace, for noises in which time matters.",
    )
    floor: float = Field(
        default=0.01, gt=0, le=1, description="Power that is told apart from silence, as a share of the mean."
    )
    bands: int = Field(default=24, ge=16, le=128, multiple_of=8, description="Bands of the spectrogram.")
    width: int = Field(
        default=24,
        ge=8,
        le=256,
        multiple_of=8,
        description="Features of the first layers of the network.",
        json_schema_extra=chosen(16, 24, 32, 48),
    )
    members: int = Field(
        default=3, ge=1, le=10, description="Networks whose answers are averaged; each learns from every batch."
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
        default=0.15,
        ge=0,
        le=0.5,
        description="Frequencies are stretched by up to this share, as by another length of the vocal tract or pitch.",
        json_schema_extra=searched(0.0, 0.35),
    )
    stretch: float = Field(
        default=0.25, ge=0, le=0.7, description="Time is stretched or pressed by up to this share: another speed."
    )
    uneven: float = Field(
        default=0.6,
        ge=0,
        le=1.5,
        description="How far the speed varies inside a sound: exponent of the largest factor.",
        json_schema_extra=searched(0.0, 0.9),
    )
    noise: float = Field(
        default=0.1, ge=0, le=1, description="Noise of up to this share of the mean power is added, often far less."
    )
    colour: float = Field(
        default=0.3,
        ge=0,
        le=2,
        description="How far frequencies are made louder or softer against each other, as by another microphone.",
    )
    mask_bands: int = Field(default=3, ge=0, le=64, description="Most bands that a stripe blanks out, twice.")
    mask_frames: int = Field(
        default=5, ge=0, le=500, description="Most hundredths of a second that a gap blanks out, twice."
    )
    voices: int = Field(
        default=3,
        ge=1,
        le=9,
        description="In use a sound is heard as by so many voices, up to a tenth higher and lower, and the answers are "
        "averaged. 1: as it is, which is faster.",
    )
    memory: int = Field(
        default=3_000,
        ge=0,
        le=10_000,
        description="Most varied training sounds that other opinions remember, which answer by likeness to them. "
        "0: the networks alone.",
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
