"""The sections of a project's report about its models, their evaluation, and the line."""

from __future__ import annotations

from uuid import UUID

from tongguan.deploy.interface import deployments_of, open_alarms
from tongguan.evaluate.interface import champion, evaluations_of
from tongguan.reports.schemas import Bar, Bars, Block, Facts, Pictures, Section, Table, Words
from tongguan.reports.service import evaluation as judged
from tongguan.reports.service import numbers, pictures
from tongguan.reports.service.view import View
from tongguan.train.interface import models_of
from tongguan.train.schemas import ModelOut

MOST_PICTURES = 6


def _numbers(view: View) -> dict[UUID, ModelOut]:
    return {row.id: row for row in models_of(view.session, view.project.id)}


def model_name(view: View, model_id: UUID | None) -> str:
    """m and the number of a model."""
    found = _numbers(view).get(model_id) if model_id else None
    return f"m{found.number}" if found else view.words("none")


def models(view: View) -> Section:
    """Model versions with what they learnt from, and the figures of the newest."""
    rows = models_of(view.session, view.project.id)
    if not rows:
        return Section(title=view.words("models"), blocks=[Words(text=view.words("no_models"), tone="quiet")])
    best = champion(view.session, view.project.id)
    table = [
        [
            f"m{row.number}" + (f" ({view.words('champion')})" if best and best.model_version_id == row.id else ""),
            f"v{row.dataset_version}" if row.dataset_version else "–",
            f"#{row.run}" if row.run else view.words("elsewhere"),
            numbers.metric(row.metrics.get("map50")),
            numbers.metric(row.metrics.get("map50_95")),
            numbers.figure(row.threshold),
        ]
        for row in rows
    ]
    blocks: list[Block] = [Table(columns=view.listed("model_columns"), rows=table, right=[5])]
    newest = rows[0]
    view.sources["model"] = f"m{newest.number} {newest.sha256[:16]}"
    bars = metric_bars(newest.metrics)
    if bars:
        blocks.append(Bars(title=view.words("latest", model=f"m{newest.number}"), bars=bars, top=1))
    return Section(title=view.words("models"), blocks=blocks)


def metric_bars(metrics: dict[str, dict[str, float]]) -> list[Bar]:
    """Metrics between 0 and 1 as bars with intervals."""
    return [
        Bar(
            label=numbers.metric_name(key),
            value=found["value"],
            low=found.get("low"),
            high=found.get("high"),
            text=numbers.metric(found),
        )
        for key, found in metrics.items()
        if isinstance(found, dict) and found.get("value") is not None and 0 <= found["value"] <= 1
    ]


def evaluation(view: View) -> Section:
    """The newest verdict, its reasons, and the worst pictures."""
    ids = list(_numbers(view))
    done = evaluations_of(view.session, ids) if ids else []
    if not done:
        return Section(title=view.words("evaluation"), blocks=[Words(text=view.words("no_evaluation"), tone="quiet")])
    newest = max(done, key=lambda one: one.number)
    view.sources["evaluation"] = f"#{newest.number}"
    row = judged.find(view, newest.number)
    blocks: list[Block] = [
        Facts(
            rows=[
                (view.words("evaluation"), f"#{newest.number} · {numbers.when(newest.ended_at, view.zone)}"),
                (view.words("model"), model_name(view, newest.model_version_id)),
                (view.words("compared"), model_name(view, newest.champion_id)),
            ]
        ),
        *judged.verdict(view, row),
    ]
    found = pictures.worst(view.session, view.storage, row.worst, view.words("worst_caption"), MOST_PICTURES)
    if found:
        blocks += [Words(text=view.words("worst_legend"), tone="quiet"), Pictures(pictures=found)]
    return Section(title=view.words("evaluation"), blocks=blocks)


def line(view: View) -> Section:
    """Deployments and open alarms."""
    deployments = deployments_of(view.session, view.project.id)
    if not deployments:
        return Section(title=view.words("line"), blocks=[Words(text=view.words("no_line"), tone="quiet")])
    rows = [
        [
            row.name,
            view.words(row.state) if row.state in ("running", "stopped", "paused") else row.state,
            model_name(view, row.live_model_id),
            numbers.figure(float(row.threshold)),
            numbers.when(row.live_since, view.zone),
        ]
        for row in deployments
    ]
    view.sources["deployment"] = ", ".join(f"#{row.number} {row.name}" for row in deployments)
    blocks: list[Block] = [Table(columns=view.listed("line_columns"), rows=rows, right=[3])]
    alarms = open_alarms(view.session, view.project.id)
    if alarms:
        blocks.append(Words(text=view.words("alarms"), tone="bad"))
        table = [
            [one.kind, numbers.figure(one.figure), numbers.figure(one.bound), numbers.when(one.created_at, view.zone)]
            for one in alarms
        ]
        blocks.append(Table(columns=view.listed("alarm_columns"), rows=table, right=[1, 2]))
    return Section(title=view.words("line"), blocks=blocks)
