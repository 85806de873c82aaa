"""Tables of the stage evaluate."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")


class Benchmark(OrgRow, Base):
    """The kept side of a frozen version, taken once: what models are judged on. Insert only."""

    __tablename__ = "benchmark"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    manifest_hash: Mapped[str] = mapped_column(Text)
    guards: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    created_by: Mapped[UUID | None]


class BenchmarkItem(OrgRow, Base):
    """One item of a benchmark: its bytes by hash, its answer, and the facts of its slices. Insert only."""

    __tablename__ = "benchmark_item"
    __table_args__ = (
        UniqueConstraint("benchmark_id", "position"),
        UniqueConstraint("benchmark_id", "item_id"),
        Index("ix_benchmark_item_item_id", "item_id"),
    )

    benchmark_id: Mapped[UUID] = mapped_column(ForeignKey("benchmark.id"))
    position: Mapped[int]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    name: Mapped[str] = mapped_column(Text(collation="C"))
    asset_sha256: Mapped[str] = mapped_column(Text)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("annotation_revision.id"))
    group_key: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    labels: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    brightness: Mapped[float | None] = mapped_column(Double)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    source: Mapped[str] = mapped_column(Text, server_default=text("''"))
    erased: Mapped[bool] = mapped_column(server_default=text("false"))


class Evaluation(OrgRow, Base):
    """A model version measured on a benchmark, beside the champion of that moment, with the verdict."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_evaluation_model_version_id", "model_version_id", "id"),
        Index("ix_evaluation_benchmark_id", "benchmark_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    benchmark_id: Mapped[UUID] = mapped_column(ForeignKey("benchmark.id"))
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    champion_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    job_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    items: Mapped[int | None]
    left_out: Mapped[int | None]
    overlap: Mapped[int | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    slices: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    comparison: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    passed: Mapped[bool | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    worst: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    reference: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    predictions: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    error: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Champion(OrgRow, Base):
    """Who became champion when, by a passed evaluation or by a named person's decision. The newest row holds."""

    __tablename__ = "champion"
    __table_args__ = (Index("ix_champion_project_id", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    evaluation_id: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation.id"))
    passed: Mapped[bool]
    person_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
