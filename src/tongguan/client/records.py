"""What the server gives, as frozen records. `raw` is the whole answer, also fields newer than this client."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

R = TypeVar("R", bound="Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of records."""

    raw: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @classmethod
    def read(cls: type[R], data: dict[str, Any]) -> R:
        """A record from JSON; unknown fields stay in `raw`, times become datetimes."""
        known: dict[str, Any] = {}
        for each in fields(cls):
            if each.name in data and each.name != "raw":
                value = data[each.name]
                timed = each.name.endswith("_at") and isinstance(value, str)
                known[each.name] = datetime.fromisoformat(value) if timed else value
        return cls(raw=data, **known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Record):
    """A project and the caller's roles in it."""

    id: str
    name: str
    description: str = ""
    state: str = "active"
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Record):
    """One thing to label."""

    id: str
    name: str
    batch_id: str
    width: int
    height: int
    state: str
    label_state: str
    group_key: str | None = None
    image_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Record):
    """An import and how far it is."""

    id: str
    name: str
    state: str
    format: str
    counts: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion(Record):
    """A version of the data: frozen for ever, or still being built."""

    id: str
    number: int
    state: str
    manifest_hash: str | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    job_id: str | None = None
    frozen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Record):
    """What changed from one version to another; at most 500 items are named."""

    before: int
    after: int
    counts: dict[str, int] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Record):
    """A model version, trained here or registered."""

    id: str
    number: int
    classes: list[str]
    threshold: float
    sha256: str
    size: int
    metrics: dict[str, Any] = field(default_factory=dict)
    run: int | None = None
    dataset_version: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Record):
    """A training on the server. `curve` is filled where one run is asked for."""

    id: str
    number: int
    state: str
    recipe: str
    dataset_version: int = 0
    seed: int = 0
    model: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    curve: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Record):
    """A search for parameters. `records`, its trials, are filled where one study is asked for."""

    id: str
    number: int
    state: str
    recipe: str
    trials: int
    ended: int = 0
    metric: str = ""
    best: dict[str, Any] | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdChoice(Record):
    """Thresholds by cost on a benchmark: {threshold, missed, invented, cost_fen} now, proposed, at each hundredth."""

    evaluation: int
    miss_fen: int
    false_fen: int
    now: dict[str, Any] = field(default_factory=dict)
    proposed: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark(Record):
    """What models are judged on: the kept side of a frozen version, taken once."""

    id: str
    number: int
    name: str
    manifest_hash: str
    counts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Record):
    """A model measured on a benchmark. `passed` is the verdict; None until it is done."""

    id: str
    number: int
    state: str
    model: int = 0
    benchmark: int = 0
    champion: int | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    difference: dict[str, Any] = field(default_factory=dict)
    passed: bool | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    slices: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Record):
    """A model behind an address on the line."""

    id: str
    number: int
    name: str
    state: str
    live_model: int | None = None
    threshold: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction(Record):
    """The answer for one picture. `check` means: look by hand; never take an older answer instead."""

    prediction_id: str
    verdict: str
    labels: list[dict[str, Any]]
    threshold: float
    reason: str = ""
    model: int | None = None
    latency_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged(Record):
    """A line of the log. `feedback` is the newest word of people: {kind, reason, note}."""

    id: str
    verdict: str
    name: str = ""
    model: int | None = None
    labels: list[dict[str, Any]] = field(default_factory=list)
    top_score: float | None = None
    brightness: float | None = None
    threshold: float = 0.0
    latency_ms: float = 0.0
    feedback: dict[str, Any] | None = None
    image_url: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Record):
    """A program on the line. `token` is filled once, when it is made."""

    id: str
    name: str
    token: str | None = field(default=None, repr=False)
    last_seen_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Record):
    """A monitor that left its bound; it is open while `closed_at` is None."""

    id: str
    deployment_id: str
    kind: str
    figure: float | None = None
    bound: float | None = None
    blocking: bool = False
    note: str = ""
    created_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Record):
    """Long work."""

    id: str
    kind: str
    title: str
    state: str
    done: int = 0
    total: int | None = None
    rate: float | None = None
    message: str = ""
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
