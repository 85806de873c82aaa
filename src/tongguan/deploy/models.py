"""Tables of the stage deploy."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tongguan.core.database import Base, OrgRow

NO_JSON = text("'{}'::jsonb")
NO_LIST = text("'[]'::jsonb")
EMPTY = text("''")


class Deployment(OrgRow, Base):
    """A place on a line where a model version answers: which one, how its scores become a verdict, what is kept."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'running'"))
    live_model_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    shadow_model_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    live_since: Mapped[datetime | None]
    threshold: Mapped[float] = mapped_column(Double)
    threshold_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    doubt: Mapped[float | None] = mapped_column(Double)
    good_labels: Mapped[list[str]] = mapped_column(server_default=NO_LIST)
    cost_miss_fen: Mapped[int] = mapped_column(BigInteger)
    cost_false_fen: Mapped[int] = mapped_column(BigInteger)
    console: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    monitors: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    retention_days: Mapped[int]
    quota_mb: Mapped[int]
    sample_share: Mapped[float] = mapped_column(Double)
    stale_days: Mapped[int]
    created_by: Mapped[UUID | None]


class DeploymentChange(OrgRow, Base):
    """Append-only: every change of a deployment with who and why; rolling back is one more row."""

    __tablename__ = "deployment_change"
    __table_args__ = (Index("ix_deployment_change_deployment_id", "deployment_id", "id"),)

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    kind: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    after: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    person_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)


class Device(OrgRow, Base):
    """A program on the line that may ask one deployment; its token is stored hashed."""

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index("ix_device_deployment_id", "deployment_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str] = mapped_column(Text)
    per_minute: Mapped[int]
    created_by: Mapped[UUID | None]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Prediction(OrgRow, Base):
    """One answer for one picture; `shadow_of` names the live answer beside which a shadow model was asked."""

    __tablename__ = "prediction"
    __table_args__ = (
        Index("ix_prediction_deployment_id", "deployment_id", "id", postgresql_where=text("shadow_of IS NULL")),
        Index("ix_prediction_model_version_id", "model_version_id", "id"),
        Index("ix_prediction_shadow_wanted", "id", postgresql_where=text("shadow_wanted")),
        Index("ix_prediction_pictures", "deployment_id", "id", postgresql_where=text("picture_key IS NOT NULL")),
        Index(
            "uq_prediction_client_key",
            "deployment_id",
            "client_key",
            unique=True,
            postgresql_where=text("client_key IS NOT NULL"),
        ),
        Index(
            "uq_prediction_shadow_of",
            "shadow_of",
            "model_version_id",
            unique=True,
            postgresql_where=text("shadow_of IS NOT NULL"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    shadow_of: Mapped[UUID | None] = mapped_column(ForeignKey("prediction.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    person_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    client_key: Mapped[str | None] = mapped_column(Text)
    input_sha256: Mapped[str] = mapped_column(Text)
    picture_key: Mapped[str | None] = mapped_column(Text)
    picture_type: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    picture_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    picture_gone_at: Mapped[datetime | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    brightness: Mapped[float | None] = mapped_column(Double)
    labels: Mapped[list[dict[str, Any]]] = mapped_column(server_default=NO_LIST)
    top_score: Mapped[float | None] = mapped_column(Double)
    threshold: Mapped[float] = mapped_column(Double)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    latency_ms: Mapped[float] = mapped_column(Double)
    latency: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    draw: Mapped[float] = mapped_column(Double)
    shadow_wanted: Mapped[bool] = mapped_column(server_default=text("false"))
    sampled_at: Mapped[datetime | None]


class Feedback(OrgRow, Base):
    """What somebody on the line said of an answer; the newest row of a prediction holds."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_prediction_id", "prediction_id", "id"),
        Index("ix_feedback_deployment_id", "deployment_id", "id"),
    )

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    prediction_id: Mapped[UUID] = mapped_column(ForeignKey("prediction.id"))
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    person_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))


class Alarm(OrgRow, Base):
    """A monitor that left its limit: open until the figure is back or a person closes it."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index("ix_alarm_project_id", "project_id", "id"),
        Index("uq_alarm_open", "deployment_id", "kind", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    kind: Mapped[str] = mapped_column(Text)
    figure: Mapped[float | None] = mapped_column(Double)
    bound: Mapped[float | None] = mapped_column(Double)
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=NO_JSON)
    blocking: Mapped[bool]
    owner_id: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
