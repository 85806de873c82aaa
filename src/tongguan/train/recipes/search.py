"""What a study may vary: declared once, at the parameter itself, from where form, command, study and guide read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tongguan.train.recipes.base import RecipeParams, UsageProblem
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.start import checked_params

KEY = "search"
MOST_CHOICES = 50
Value = bool | int | float | str


class Range(BaseModel):
    """Values of one parameter: from `low` to `high`, by powers where `log`, or one of `choices`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = Field(default=None, gt=0)
    whole: bool = Field(default=False, description="Whole numbers only.")
    choices: tuple[Value, ...] | None = Field(default=None, max_length=MOST_CHOICES)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.choices is not None:
            if len(self.choices) < 1 or self.low is not None or self.high is not None:
                raise ValueError("give choices, or low and high")
            return self
        if self.low is None or self.high is None or not self.low < self.high:
            raise ValueError("give low and high, low below high, or choices")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError("by powers, low must be above 0 and there is no step")
        return self

    def ends(self) -> tuple[Value, ...]:
        """The values that must be allowed for all of them to be."""
        if self.choices is not None:
            return self.choices
        return tuple(int(end) if self.whole else end for end in (self.low or 0.0, self.high or 0.0))

    def holds(self, value: object) -> bool:
        """Whether a value is one of these."""
        if self.choices is not None:
            return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in self.choices)
        return isinstance(value, int | float) and (self.low or 0.0) <= value <= (self.high or 0.0)


Space = dict[str, Range]


def own_space(params: type[BaseModel]) -> Space:
    """The ranges that a recipe's parameters declare."""
    space: Space = {}
    for name, field in params.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and KEY in extra:
            space[name] = _typed(field.annotation, Range.model_validate(extra[KEY]))
    return space


def _typed(annotation: Any, given: Range) -> Range:
    return given.model_copy(update={"whole": annotation is int and given.choices is None})


def checked_space(recipe_id: str, wished: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> Space:
    """The ranges of a study: those wished, else the recipe's own; parameters in `settings` are fixed and not varied.

    A wish of None for a parameter takes its own range. Raises UsageProblem that names the parameter.
    """
    model = recipe(recipe_id).params
    own = own_space(model)
    if wished is None:
        space = {name: one for name, one in own.items() if name not in settings}
    else:
        space = {name: _wish(model, name, given, own) for name, given in wished.items()}
        both = sorted(set(space) & set(settings))
        if both:
            raise _problem(both[0], "it is fixed and varied at once")
    if not space:
        raise UsageProblem("nothing_to_search", "no parameter is left to vary")
    for name, one in space.items():
        for value in one.ends():
            checked_params(recipe_id, {**settings, name: value})
    return space


def _wish(model: type[RecipeParams], name: str, given: Any, own: Space) -> Range:
    if name not in own:
        raise _problem(name, f"it cannot be varied; these can: {', '.join(sorted(own))}")
    if given is None:
        return own[name]
    try:
        wished = given if isinstance(given, Range) else Range.model_validate(given)
    except ValidationError as error:
        raise _problem(name, error.errors()[0]["msg"]) from None
    return _typed(model.model_fields[name].annotation, wished)


def _problem(name: str, words: str) -> UsageProblem:
    return UsageProblem("bad_search", f"{name}: {words}", parameter=name)


def read_range(text: str) -> Range:
    """LOW:HIGH, LOW:HIGH:log, or values with commas, as the command line takes them. Raises ValueError."""
    if "," in text:
        return Range(choices=tuple(_value(part.strip()) for part in text.split(",")))
    low, colon, rest = text.partition(":")
    high, _, how = rest.partition(":")
    if not colon or how not in ("", "log"):
        raise ValueError("wanted is LOW:HIGH, LOW:HIGH:log, or values with commas")
    return Range(low=float(low), high=float(high), log=how == "log")


def _value(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
