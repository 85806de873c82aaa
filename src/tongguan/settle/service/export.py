"""Pay as CSV: payslips for payroll, and the work from which the command `tongguan payslip` computes the same totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.tables import safe
from tongguan.people.interface import people_by_id
from tongguan.settle import repository
from tongguan.settle.payslip.numbers import plain
from tongguan.settle.schemas import SlipView
from tongguan.settle.service import periods, slips

Language = Literal["zh", "en"]
# A spreadsheet takes a cell that begins with one of these for a formula.

SLIP_HEADER: dict[Language, tuple[str, ...]] = {
    "en": (
        "person",
        "person_id",
        "line",
        "unit",
        "difficulty",
        "outcome",
        "quantity",
        "rate_fen",
        "coefficient",
        "accepted_share",
        "amount_fen",
        "amount_yuan",
    ),
    "zh": (
        "人员",
        "人员编号",
        "项目",
        "单位",
        "难度",
        "结果",
        "数量",
        "单价（分）",
        "系数",
        "合格率",
        "金额（分）",
        "金额（元）",
    ),
}
KINDS: dict[Language, dict[str, str]] = {
    "en": {"base": "base wage", "line": "beyond the quota", "correction": "after an appeal", "total": "total"},
    "zh": {"base": "底薪", "line": "计件", "correction": "申诉更正", "total": "合计"},
}
WORK_HEADER = (
    "person",
    "accepted_at",
    "unit",
    "quantity",
    "difficulty",
    "outcome",
    "person_id",
    "annotation_id",
    "revision_id",
)

CORRECTION_HEADER = ("person", "amount_fen", "appeal_id")


class Person(Protocol):
    """A person's name."""

    @property
    def name(self) -> str: ...


def payslips_csv(
    session: Session, project_id: UUID, period_id: UUID, person_id: UUID | None, language: Language
) -> str:
    """Payslips of a closed period, one row for each line and each total. UTF-8 with a mark, for spreadsheets."""
    shown = periods.detail(session, project_id, period_id, person_id).slips
    rows: list[Sequence[str]] = [SLIP_HEADER[language]]
    for slip in shown:
        rows += [_slip_row(slip, line.kind, line.amount_fen, language, line) for line in slip.lines]
        rows.append(_slip_row(slip, "total", slip.total_fen, language, None))
    return "\ufeff" + _write(rows)


def _slip_row(slip: SlipView, kind: str, fen: int, language: Language, line: object) -> Sequence[str]:
    values = [str(getattr(line, name, "") or "") for name in ("unit", "difficulty", "outcome", "quantity", "rate")]
    coefficient = str(getattr(line, "coefficient", "") or "")
    yuan = f"{fen // 100}.{fen % 100:02d}"
    head = [slip.person, str(slip.person_id), KINDS[language][kind]]
    return [*head, *values, coefficient, slip.accepted_share, str(fen), yuan]


def work_csv(session: Session, project_id: UUID, period_id: UUID | None, person_id: UUID | None) -> str:
    """The WORK.csv of a closed period (None: of the open one). With its RATES.toml the command gets the same totals.

    `person` is the name; of people with the same name, the name with the start of the id. Other columns may be ignored.
    """
    if period_id is None:
        rows = repository.open_work(session, project_id)
    else:
        periods.find(session, project_id, period_id)
        rows = repository.period_work(session, period_id)
    labels = unique_names(people_by_id(session, {row.person_id for row in rows}), {row.person_id for row in rows})
    return work_text(rows if person_id is None else [row for row in rows if row.person_id == person_id], labels)


def corrections_csv(session: Session, project_id: UUID, period_id: UUID, person_id: UUID | None) -> str:
    """What answers to appeals added to a closed period; people are named as in its WORK.csv."""
    periods.find(session, project_id, period_id)
    ids = {row.person_id for row in repository.period_work(session, period_id)}
    labels = unique_names(people_by_id(session, ids), ids)
    written: list[Sequence[str]] = [CORRECTION_HEADER]
    written += [
        (labels[line.person_id], str(line.amount_fen), str(line.explanation["appeal_id"]))
        for line in repository.lines(session, period_id, person_id)
        if line.kind == "correction"
    ]
    return _write(written)


class FullRow(slips.Row, Protocol):
    """A work row with its origin."""

    annotation_id: UUID
    revision_id: UUID


def work_text(rows: Iterable[FullRow], labels: Mapping[UUID, str]) -> str:
    """Work rows as CSV, in the given order."""
    written: list[Sequence[str]] = [WORK_HEADER]
    written += [
        (
            labels[row.person_id],
            row.accepted_at.isoformat(),
            row.unit,
            plain(row.quantity),
            row.difficulty,
            row.outcome,
            str(row.person_id),
            str(row.annotation_id),
            str(row.revision_id),
        )
        for row in rows
    ]
    return _write(written)


def unique_names(people: Mapping[UUID, Person], ids: Iterable[UUID]) -> dict[UUID, str]:
    """A label for each person, no two alike after spaces at the ends are cut, as readers of CSV do."""
    names = {each: people[each].name.strip() if each in people else "" for each in ids}
    count: dict[str, int] = {}
    for name in names.values():
        count[safe(name)] = count.get(safe(name), 0) + 1
    return {
        each: name if name and count[safe(name)] == 1 else f"{name} ({each.hex[-12:]})".strip()
        for each, name in names.items()
    }


def _write(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue()
