"""The form of a file of rules: zones, lines, and for each kind of event what must hold of whom and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=200)]
Point = tuple[
    Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)],
    Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)],
]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Speed = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
DEEPEST = 8
KINDS = ("inside", "crosses", "speed_above", "speed_below", "without", "touching", "attribute", "exists")


class Condition(BaseModel):
    """One thing that must hold at a moment: exactly one of the kinds, with what belongs to it, or a combination."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    inside: Name | None = Field(default=None, description="Its point lies in this zone.")
    crosses: Name | None = Field(default=None, description="Its point passes this line at this moment.")
    direction: Literal["any", "left", "right", "up", "down"] = Field(
        default="any", description="Of `crosses`: the way it moves in the picture."
    )
    speed_above: Speed | None = Field(default=None, description="It moves at least so fast, in units a second.")
    speed_below: Speed | None = Field(
        default=None, description="It moves at most so fast: 0.02 and the like for still."
    )
    without: Name | None = Field(default=None, description="No thing of this label class lies on it.")
    touching: Name | None = Field(default=None, description="A thing of this label class lies on it.")
    part: Literal["whole", "top"] = Field(
        default="whole", description="Of `without` and `touching`: anywhere on it, or on its upper third."
    )
    attribute: Name | None = Field(default=None, description="A column of the table says so, with `is`.")
    is_: str | None = Field(default=None, alias="is", description="The value that the attribute must have.")
    exists: Name | None = Field(
        default=None, description="Another thing of this label class is in view of which `all`, `any` and `not` hold."
    )
    at_least: int = Field(default=1, ge=1, le=10_000, description="Of `exists`: how many of them.")
    near: Speed | None = Field(default=None, description="Of `exists`: not further away than this, in units.")
    all_: tuple[Condition, ...] = Field(default=(), alias="all", description="All of these hold.")
    any_: tuple[Condition, ...] = Field(default=(), alias="any", description="At least one of these holds.")
    not_: Condition | None = Field(default=None, alias="not", description="This does not hold.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [name for name in KINDS if getattr(self, name) is not None]
        combined = bool(self.all_ or self.any_ or self.not_)
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} in one condition: put each into braces of its own under `all`")
        if not given and not combined:
            raise ValueError(f"wanted is one of {', '.join(KINDS)}, all, any, not")
        if given and combined and given != ["exists"]:
            raise ValueError(f"{given[0]} takes no all, any or not: put them side by side under `all`")
        if (self.attribute is None) != (self.is_ is None):
            raise ValueError("attribute and is belong together")
        if given != ["exists"] and (self.near is not None or self.at_least != 1):
            raise ValueError("near and at_least belong to exists")
        return self

    def within(self) -> Iterator[Condition]:
        """This one and all below it."""
        yield self
        for one in (*self.all_, *self.any_, *([self.not_] if self.not_ else ())):
            yield from one.within()


class Rule(BaseModel):
    """A kind of event: something must hold of a thing of the class `subject`, or of the scene where there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: Name = Field(description="Label class of the events.")
    subject: Name | None = Field(default=None, description="Label class of the things that are asked; none: the scene.")
    all_: tuple[Condition, ...] = Field(default=(), alias="all", description="All of these hold.")
    any_: tuple[Condition, ...] = Field(default=(), alias="any", description="At least one of these holds.")
    not_: Condition | None = Field(default=None, alias="not", description="This does not hold.")
    least: Seconds = Field(default=0, description="Shorter ones are no event: the time somebody must stay, too.")
    merge: Seconds = Field(default=1, description="Two with a shorter pause between them are one.")
    settle: Seconds = Field(
        default=0, description="It must hold in half of the frames of so many seconds around: flicker is no event."
    )
    margin: float = Field(
        default=0, ge=-1e6, le=1e6, description="Zones are taken larger by this, in units; smaller below 0."
    )
    per: Literal["scene", "subject"] = Field(
        default="scene", description="One event for all who do it at a time, or one for each."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.all_ or self.any_ or self.not_):
            raise ValueError("a rule needs all, any or not")
        alone = ("inside", "crosses", "speed_above", "speed_below", "without", "touching", "attribute")
        if self.subject is None and any(getattr(self.when, name) is not None for name in alone):
            raise ValueError("without a subject only exists, all, any and not can be asked")
        if self.subject is None and any(_asks_subject(one, alone) for one in (*self.all_, *self.any_)):
            raise ValueError("without a subject only exists, all, any and not can be asked")
        return self

    @property
    def when(self) -> Condition:
        """What must hold, as one condition."""
        return Condition.model_construct(None, all_=self.all_, any_=self.any_, not_=self.not_)


def _asks_subject(one: Condition, alone: tuple[str, ...]) -> bool:
    if one.exists is not None:
        return False
    below = (*one.all_, *one.any_, *([one.not_] if one.not_ else ()))
    return any(getattr(one, name) is not None for name in alone) or any(_asks_subject(each, alone) for each in below)


class Rules(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    units: Literal["fraction", "pixels"] = Field(
        default="fraction",
        description="Places as shares of the picture's width and height, lengths and speeds as shares of its width; or "
        "all in pixels.",
    )
    point: Literal["foot", "centre"] = Field(
        default="foot", description="Where a thing is: the middle of its lower edge, or of its box."
    )
    zones: dict[Name, Annotated[tuple[Point, ...], Field(min_length=3, max_length=1_000)]] = Field(
        default_factory=dict, description="Polygons by name, each point as [x, y]."
    )
    lines: dict[Name, tuple[Point, Point]] = Field(default_factory=dict, description="Lines by name, from and to.")
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=1_000)] = Field(description="The kinds of event.")

    @model_validator(mode="after")
    def _named(self) -> Self:
        for at, rule in enumerate(self.rules):
            for one in rule.when.within():
                if one.inside is not None and one.inside not in self.zones:
                    raise ValueError(f"rule {at + 1} ({rule.event}): there is no zone {one.inside!r}")
                if one.crosses is not None and one.crosses not in self.lines:
                    raise ValueError(f"rule {at + 1} ({rule.event}): there is no line {one.crosses!r}")
        return self
