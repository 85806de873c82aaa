"""The sections of a project's report up to the frozen data and what it cost."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tongguan.academy.interface import qualification_list
from tongguan.collect.interface import batch_facts, refusal_counts, state_counts
from tongguan.datasets.interface import versions
from tongguan.projects.interface import gate_states_and_records, members_with
from tongguan.quality.interface import burn_up, quality_report
from tongguan.reports.schemas import Bar, Bars, Block, Facts, Lines, Matrix, Section, Series, Table, Words
from tongguan.reports.service import numbers
from tongguan.reports.service.view import View
from tongguan.rules.interface import current_version
from tongguan.settle.interface import closed_periods, open_period

ROLES = ("manager", "trainer", "inspector", "annotator", "engineer", "client", "operator")
BLUE, GREEN = "#2f6fd0", "#1a7f4b"


def gates(view: View) -> Section:
    """Each gate with its state, its figure, and who opened it when and why."""
    rows = []
    for number, (state, figure, record) in gate_states_and_records(view.session, view.project.id).items():
        decided = view.person(record.person_id) if record and record.person_id else view.words("automatic")
        rows.append(
            [
                view.listed("gate_names")[number - 1],
                view.named("states", state),
                _gate_figure(figure),
                numbers.when(record.created_at, view.zone) if record else "–",
                decided if record else "–",
                (record.reason or "") if record else "",
            ]
        )
    return Section(title=view.words("gates"), blocks=[Table(columns=view.listed("gate_columns"), rows=rows)])


def _gate_figure(figure: dict[str, Any]) -> str:
    value, total = figure.get("value"), figure.get("total")
    if value is None:
        return "–"
    if figure.get("low") is not None and figure.get("high") is not None and float(value) <= 1:
        return f"{numbers.share(float(value))} ({numbers.between(figure['low'], figure['high'])})"
    text = numbers.figure(value if isinstance(value, int) else float(value))
    return f"{text} / {numbers.figure(total)}" if total is not None else text


def data(view: View) -> Section:
    """Items, batches with their terms, and what was refused."""
    states = state_counts(view.session, view.project.id)
    facts = Facts(
        rows=[
            (view.words("in_use"), numbers.figure(states.get("ok", 0))),
            *(
                (view.words(key), numbers.figure(states[key]))
                for key in ("refused", "erased", "unread")
                if states.get(key)
            ),
        ]
    )
    batches = batch_facts(view.session, view.project.id)
    rows = [
        [
            row["name"],
            view.named("source_names", row["source"]),
            row["licence"] or "–",
            row["consent"] or "–",
            numbers.figure(_new(row["counts"])),
        ]
        for row in batches
    ]
    blocks: list[Block] = [facts, Table(columns=view.listed("batch_columns"), rows=rows, right=[4])]
    refused: Counter[str] = Counter()
    for (check, _), count in refusal_counts(view.session, view.project.id).items():
        refused[check] += count
    if refused:
        blocks.append(Words(text=view.words("refusals"), tone="quiet"))
        rows = [[check, numbers.figure(count)] for check, count in refused.most_common()]
        blocks.append(Table(columns=view.listed("refusal_columns"), rows=rows, right=[1]))
    return Section(title=view.words("data"), blocks=blocks)


def _new(counts: dict[str, Any]) -> Any:
    return next((counts[key] for key in ("new", "items", "read") if key in counts), None)


def rules(view: View) -> Section:
    """The current rules: classes with their definitions."""
    found = current_version(view.session, view.project.id)
    if found is None:
        return Section(title=view.words("label_rules"), blocks=[Words(text=view.words("no_rules"), tone="quiet")])
    view.sources["rules"] = f"v{found.number}"
    first, second = ("zh", "en") if view.language == "zh" else ("en", "zh")
    rows = [
        [
            view.class_name(entry.key),
            entry.key,
            str(getattr(entry.definition, first, "") or getattr(entry.definition, second, ""))[:300],
        ]
        for entry in found.label_set
    ]
    facts = Facts(
        rows=[
            (view.words("rules"), f"v{found.number}"),
            (view.words("published"), numbers.when(found.published_at, view.zone)),
        ]
    )
    return Section(
        title=view.words("label_rules"), blocks=[facts, Table(columns=view.listed("class_columns"), rows=rows)]
    )


def people(view: View) -> Section:
    """How many people of each role; nobody's name."""
    listed = qualification_list(view.session, view.project.id)
    counted = {role: len(members_with(view.session, view.project.id, role)) for role in ROLES}
    facts: list[tuple[str, str]] = [
        (view.named("role_names", role), f"{count} {view.words('persons')}") for role, count in counted.items() if count
    ]
    facts.append((view.words("qualified"), view.words("of", part=listed.qualified, whole=listed.people)))
    return Section(title=view.words("people"), blocks=[Facts(rows=facts)])


def quality(view: View) -> Section:
    """The accepted share with its interval, by class, findings, confusion, and the way there."""
    found = quality_report(view.session, view.project.id)
    gate = found.gate
    if not gate.judged:
        return Section(title=view.words("quality"), blocks=[Words(text=view.words("no_quality"), tone="quiet")])
    interval = numbers.between(gate.low, gate.high)
    counted = view.words("of", part=gate.accepted, whole=gate.judged)
    reached = gate.share is not None and gate.share >= gate.threshold
    first = found.gate.first_pass
    first_text = f"{numbers.share(first.share)} ({numbers.between(first.low, first.high)})"
    blocks: list[Block] = [
        Facts(
            rows=[
                (view.words("share"), f"{numbers.share(gate.share)} ({interval}, {counted})"),
                (view.words("threshold"), numbers.share(gate.threshold)),
                (view.words("first_pass"), first_text),
            ]
        ),
        Words(text=view.words("reached" if reached else "not_reached"), tone="good" if reached else "bad"),
    ]
    bars = [
        Bar(
            label=view.class_name(row.label),
            value=row.units.share or 0,
            low=row.units.low,
            high=row.units.high,
            text=f"{numbers.share(row.units.share)}  n={row.units.whole}",
        )
        for row in found.labels
        if row.units.whole
    ]
    if bars:
        mark_text = f"{view.words('threshold')} {numbers.share(gate.threshold)}"
        blocks.append(Bars(title=view.words("by_class"), bars=bars, top=1, mark=gate.threshold, mark_text=mark_text))
    findings: Counter[str] = Counter()
    for row in found.people:
        findings.update(row.findings)
    if findings:
        blocks.append(Words(text=view.words("findings"), tone="quiet"))
        rows = [[view.named("finding_names", key), numbers.figure(count)] for key, count in findings.most_common()]
        blocks.append(Table(columns=view.listed("finding_columns"), rows=rows, right=[1]))
    if found.confusion:
        blocks.append(_confusion(view, [(cell.expected, cell.answered, cell.count) for cell in found.confusion]))
    blocks += _progress(view)
    return Section(title=view.words("quality"), blocks=blocks)


def _progress(view: View) -> list[Block]:
    days = burn_up(view.session, view.project.id)
    if len(days) < 2:
        return []
    origin = days[0].day.toordinal()
    series = [
        Series(
            name=view.words(key),
            points=[(float(day.day.toordinal() - origin), float(getattr(day, key))) for day in days],
            color=color,
        )
        for key, color in (("items", BLUE), ("accepted", GREEN))
    ]
    ends = (days[0].day.isoformat(), days[-1].day.isoformat())
    title, unit = view.words("progress"), view.words("items")
    return [Lines(title=title, series=series, x_from=ends[0], x_to=ends[1], y_text=unit)]


def _confusion(view: View, cells: list[tuple[str, str, int]]) -> Matrix:
    names = sorted({name for cell in cells for name in cell[:2]})
    counted = {(expected, answered): count for expected, answered, count in cells}
    shown = [view.class_name(name) if name else view.words("background") for name in names]
    return Matrix(
        title=view.words("confusion"),
        rows=shown,
        columns=shown,
        cells=[[float(counted.get((row, column), 0)) for column in names] for row in names],
        row_title=view.words("expected"),
        column_title=view.words("answered"),
    )


def datasets(view: View) -> Section:
    """Frozen versions with their hashes, and the classes of the newest."""
    frozen = [row for row in versions(view.session, view.project.id) if row.state == "frozen"]
    if not frozen:
        return Section(title=view.words("datasets"), blocks=[Words(text=view.words("no_versions"), tone="quiet")])
    newest = frozen[0]
    view.sources["dataset"] = f"v{newest.number} {(newest.manifest_hash or '')[:16]}"
    rows = [
        [
            f"v{row.number}",
            numbers.when(row.frozen_at, view.zone),
            numbers.figure(row.counts.get("items")),
            numbers.figure(row.counts.get("labels")),
            "/".join(str((row.counts.get("by_side") or {}).get(side, 0)) for side in ("train", "kept", "line")),
            (row.manifest_hash or "")[:16],
        ]
        for row in frozen
    ]
    blocks: list[Block] = [Table(columns=view.listed("version_columns"), rows=rows, right=[2, 3, 4])]
    by_class = {str(key): int(count) for key, count in (newest.counts.get("by_class") or {}).items()}
    if by_class:
        bars = [
            Bar(label=view.class_name(key), value=count, text=numbers.figure(count))
            for key, count in sorted(by_class.items(), key=lambda one: -one[1])
        ]
        blocks.append(Bars(title=view.words("by_label", number=newest.number), bars=bars, top=max(by_class.values())))
    return Section(title=view.words("datasets"), blocks=blocks)


def cost(view: View) -> Section:
    """What the labels cost: closed periods, the open estimate, and one accepted unit."""
    closed = closed_periods(view.session, view.project.id)
    estimate = open_period(view.session, view.project.id)
    paid = sum(row.total_fen for row in closed)
    judged = quality_report(view.session, view.project.id).people
    units = sum(row.units.part for row in judged)
    facts = Facts(
        rows=[
            (view.words("paid"), numbers.money(paid)),
            (
                view.words("open_estimate"),
                numbers.money(estimate.total_fen) if not estimate.problem else estimate.problem,
            ),
            (view.words("per_unit"), numbers.money((paid + estimate.total_fen) / units) if units else "–"),
        ]
    )
    rows = [[row.month.isoformat()[:7], numbers.figure(row.people), numbers.money(row.total_fen)] for row in closed]
    table = [Table(columns=view.listed("period_columns"), rows=rows, right=[1, 2])] if rows else []
    return Section(title=view.words("cost"), blocks=[facts, *table])
