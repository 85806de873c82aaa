"""What a rulebook is made of, as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from tongguan.catalog.labels.registry import EDITOR_KINDS

GUIDELINE_LIMIT = 200_000
# Types of attributes whose values the rules list.
CLOSED = ("choice", "flag")


def _storable(value: str) -> str:
    """Text that PostgreSQL can hold: no NUL, no lone surrogates."""
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("the text holds a character that cannot be stored (NUL or half of a surrogate pair)")
    return value


def _key(value: str) -> str:
    if value != value.strip() or any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValueError("a key has no spaces at its ends and no control characters")
    return value


Text = Annotated[str, AfterValidator(_storable)]
Key = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_storable), AfterValidator(_key)]
Hotkey = Annotated[str, Field(max_length=1), AfterValidator(_storable)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(Part):
    """A name in both languages; one may be empty, then the other is shown."""

    zh: Annotated[Text, Field(max_length=100)] = ""
    en: Annotated[Text, Field(max_length=100)] = ""

    @model_validator(mode="after")
    def _some(self) -> Name:
        if not (self.zh.strip() or self.en.strip()):
            raise ValueError("a name in Chinese or English is needed")
        return self


class Definition(Part):
    """What a label class is, in both languages; plain text or Markdown."""

    zh: Annotated[Text, Field(max_length=4000)] = ""
    en: Annotated[Text, Field(max_length=4000)] = ""


class Option(Part):
    """One value of an attribute of type choice."""

    value: Key
    name: Name
    hotkey: Hotkey = ""


class Attribute(Part):
    """Something to state about a label: a choice, a flag (true or false), a text, or a number."""

    key: Key
    name: Name
    type: Literal["choice", "flag", "text", "number"] = "choice"
    required: bool = False
    options: tuple[Option, ...] = Field(default=(), max_length=100)

    @model_validator(mode="after")
    def _consistent(self) -> Attribute:
        if self.type == "choice" and not self.options:
            raise ValueError(f"attribute {self.key!r} is a choice and needs options")
        if self.type != "choice" and self.options:
            raise ValueError(f"attribute {self.key!r} is no choice and has no options")
        _unique(f"attribute {self.key!r}: option", [option.value for option in self.options])
        _unique(f"attribute {self.key!r}: hotkey", [option.hotkey.lower() for option in self.options])
        return self


class LabelClass(Part):
    """An entry of the label set. Labels carry its `key`."""

    key: Key
    kind: str = Field(default="box", max_length=40, description="Label kind: box, class, …")
    name: Name
    color: str = Field(default="#ffb000", pattern=r"^#[0-9a-fA-F]{6}$")
    hotkey: Hotkey = ""
    difficulty: str = Field(default="normal", pattern=r"^[a-z][a-z0-9_-]{0,31}$", description="A key of the pay rules.")
    definition: Definition = Definition()
    attributes: tuple[Attribute, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _consistent(self) -> LabelClass:
        if self.kind not in EDITOR_KINDS:
            raise ValueError(
                f"the editor has no tool for the label kind {self.kind!r}; it has: {', '.join(EDITOR_KINDS)}"
            )
        _unique(f"class {self.key!r}: attribute", [attribute.key for attribute in self.attributes])
        keys = [option.hotkey.lower() for attribute in self.attributes for option in attribute.options]
        _unique(f"class {self.key!r}: hotkey", keys)
        return self

    def attribute(self, key: str) -> Attribute | None:
        """The attribute of that key."""
        return next((attribute for attribute in self.attributes if attribute.key == key), None)


def _unique(what: str, keys: Sequence[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key and key in seen:
            raise ValueError(f"{what} {key[:100]!r} occurs twice")
        seen.add(key)


def _label_set(classes: tuple[LabelClass, ...]) -> tuple[LabelClass, ...]:
    _unique("class", [entry.key for entry in classes])
    _unique("hotkey of classes", [entry.hotkey.lower() for entry in classes])
    return classes


LabelSet = Annotated[tuple[LabelClass, ...], Field(max_length=1000), AfterValidator(_label_set)]


class Checks(Part):
    """Machine checks at submit."""

    min_width: float = Field(default=1, ge=0, le=100_000, description="Pixels; narrower labels are refused.")
    min_height: float = Field(default=1, ge=0, le=100_000, description="Pixels; lower labels are refused.")
    require_any: bool = Field(default=True, description='At least one label or "nothing here".')


class Region(Part):
    """A part of a picture, in pixels, origin top left."""

    x: float = Field(ge=0, le=1_000_000)
    y: float = Field(ge=0, le=1_000_000)
    width: float = Field(gt=0, le=1_000_000)
    height: float = Field(gt=0, le=1_000_000)


class Example(Part):
    """A right or wrong example of a label class, taken from an item."""

    label: Key
    item_id: UUID
    right: bool = True
    region: Region | None = Field(default=None, description="Part of the picture to show; none = the whole picture.")
    note: Annotated[Text, Field(max_length=2000)] = ""


class Problem(Part):
    """What a machine check found in an answer."""

    code: str = Field(description="Stable; the web translates by it.")
    label_id: str = Field(description="Id of the label; empty for the answer as a whole.")
    message: str
    params: dict[str, JsonValue] = Field(default_factory=dict)


class RuleContent(Part):
    """What a person writes: label set, guideline, examples, checks."""

    label_set: LabelSet = ()
    guideline: Annotated[Text, Field(max_length=GUIDELINE_LIMIT)] = Field(default="", description="Markdown.")
    examples: tuple[Example, ...] = Field(default=(), max_length=1000)
    checks: Checks = Checks()

    @model_validator(mode="after")
    def _known(self) -> RuleContent:
        keys = {entry.key for entry in self.label_set}
        for example in self.examples:
            if example.label not in keys:
                raise ValueError(
                    f"an example names the class {example.label[:100]!r}, which the label set does not have"
                )
        return self


class RuleVersion(RuleContent):
    """A version of the rulebook, published or draft (then it is 0.0)."""

    id: UUID
    project_id: UUID
    major: int
    minor: int
    state: Literal["draft", "published"]
    note: str = ""
    revision: int = Field(description="Of the draft: send it back with a save.")
    based_on: UUID | None = None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    published_by: UUID | None = None

    @property
    def number(self) -> str:
        """As people say it: 7.2."""
        return f"{self.major}.{self.minor}"

    @property
    def class_keys(self) -> tuple[str, ...]:
        """Keys of the label classes, in their order."""
        return tuple(entry.key for entry in self.label_set)

    def label_class(self, key: str) -> LabelClass | None:
        """The label class of that key."""
        return next((entry for entry in self.label_set if entry.key == key), None)

    def judged_attributes(self) -> dict[str, frozenset[str]]:
        """By label class, the attributes by which an answer is judged, as far as the right answer states them: the
        required ones, and all choices and flags. Remarks and readings that nobody has to give are not judged."""
        return {
            entry.key: frozenset(each.key for each in entry.attributes if each.required or each.type in CLOSED)
            for entry in self.label_set
        }

    def content(self) -> RuleContent:
        """What a person wrote, without the facts of the version."""
        return RuleContent(
            label_set=self.label_set, guideline=self.guideline, examples=self.examples, checks=self.checks
        )


class Change(Part):
    """One difference between two versions, for people and for the decision major or minor."""

    what: Literal["class", "attribute", "option", "guideline", "example", "checks"]
    action: Literal["added", "removed", "renamed", "redefined", "changed"]
    major: bool
    label: str | None = Field(default=None, description="Key of the label class.")
    attribute: str | None = None
    option: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None
