"""Tables of the stage train."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")


class TrainRun(OrgRow, Base):
    """One training: what was asked, how it goes, what came out."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    recipe: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    minutes: Mapped[float | None] = mapped_column(Double)
    seed: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    job_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("study.id"))
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    result: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    curve: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    error: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Study(OrgRow, Base):
    """A search for good parameters: many short trainings, judged on an inner hold-out of the training side."""

    __tablename__ = "study"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    recipe: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    search: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    trials: Mapped[int]
    minutes: Mapped[float | None] = mapped_column(Double)
    seed: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    job_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    threads: Mapped[int | None]
    held: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    error: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Trial(OrgRow, Base):
    """One training of a study: the parameters it was given, what the hold-out said over the steps, how it ended."""

    __tablename__ = "trial"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default=text("'running'"))
    params: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    value: Mapped[float | None] = mapped_column(Double)
    looks: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    steps: Mapped[int | None]
    seconds: Mapped[float | None] = mapped_column(Double)
    error: Mapped[dict[str, Any] | None]


class ModelVersion(OrgRow, Base):
    """A trained model: an archive in the byte store that serving loads without the training code.

    It comes from a run, or it was trained elsewhere and registered: then `run_id` is null and `origin` says engine,
    note, file and person. `dataset_version_id` is what it learnt from, as far as that is known.
    """

    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("run_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("run.id"))
    dataset_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("dataset_version.id"))
    recipe: Mapped[str] = mapped_column(Text)
    origin: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    person_id: Mapped[UUID | None]
    number: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    classes: Mapped[list[str]] = mapped_column(server_default=NO_LIST)
    threshold: Mapped[float] = mapped_column(Double)
    threshold_from: Mapped[str] = mapped_column(Text, server_default=text("''"))
