"""A report as a document of blocks, which every format draws in its own way, and what the routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh", "en"]
Subject = Literal["project", "evaluation"]
Format = Literal["html", "docx", "pdf"]


class Part(BaseModel):
    """Base of the document's parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Facts(Part):
    """Names with their values, such as a head or a summary."""

    kind: Literal["facts"] = "facts"
    rows: list[tuple[str, str]]


class Words(Part):
    """A paragraph; `tone` marks what is good or bad besides the words."""

    kind: Literal["words"] = "words"
    text: str
    tone: Literal["plain", "good", "bad", "quiet"] = "plain"


class Table(Part):
    """A table; `right` names the columns of figures."""

    kind: Literal["table"] = "table"
    columns: list[str]
    rows: list[list[str]]
    right: list[int] = []


class Bar(Part):
    """One bar with its interval."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    text: str = ""


class Bars(Part):
    """Horizontal bars from 0 to `top`; `mark` is a line that they should reach."""

    kind: Literal["bars"] = "bars"
    title: str
    bars: list[Bar]
    top: float
    mark: float | None = None
    mark_text: str = ""


class Series(Part):
    """A line through points (x, y)."""

    name: str
    points: list[tuple[float, float]]
    color: str


class Lines(Part):
    """Lines over a common axis, whose ends carry words."""

    kind: Literal["lines"] = "lines"
    title: str
    series: list[Series]
    x_from: str
    x_to: str
    y_text: str = ""


class Matrix(Part):
    """Counts by row and column, such as a confusion."""

    kind: Literal["matrix"] = "matrix"
    title: str
    rows: list[str]
    columns: list[str]
    cells: list[list[float]]
    row_title: str
    column_title: str


class Picture(Part):
    """A small JPEG as base64, with words."""

    jpeg: str
    caption: str


class Pictures(Part):
    """Pictures side by side."""

    kind: Literal["pictures"] = "pictures"
    pictures: list[Picture]


Chart = Bars | Lines | Matrix
Block = Annotated[Facts | Words | Table | Bars | Lines | Matrix | Pictures, Field(discriminator="kind")]


class Section(Part):
    """A heading with what belongs to it."""

    title: str
    blocks: list[Block]


class Document(Part):
    """A whole report; frozen when it was made."""

    language: Language
    title: str
    subtitle: str
    head: Facts
    sections: list[Section]
    foot: str


class ReportIn(BaseModel):
    """Asks for a report of what is so now."""

    model_config = ConfigDict(extra="forbid")

    subject: Subject = "project"
    evaluation: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Number, for an evaluation.")
    language: Language = "zh"


class FileOut(BaseModel):
    """A report in one format, or why there is none."""

    size: int | None = None
    url: str | None = None
    error: dict[str, Any] | None = None


class ReportOut(BaseModel):
    """A report: says from when and from which versions it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    subject: Subject
    evaluation: int | None
    language: Language
    state: Literal["queued", "done", "failed"]
    costs: bool = Field(description="Holds figures of pay: for managers and owners only.")
    sources: dict[str, Any] = Field(description="Versions that it was made from: rules, dataset, model, evaluation.")
    error: dict[str, Any] | None
    job_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    made_at: datetime | None = Field(description="The moment at which the facts were read.")
    files: dict[Format, FileOut] = {}
