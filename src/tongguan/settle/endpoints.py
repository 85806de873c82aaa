"""Routes of the stage settle."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from tongguan.collect.interface import image_links, items_by_id
from tongguan.core.errors import Forbidden, Invalid
from tongguan.people.interface import people_by_id
from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.settle import repository
from tongguan.settle.payslip.numbers import plain
from tongguan.settle.schemas import (
    AppealAnswerIn,
    AppealIn,
    AppealView,
    CostLine,
    PeriodDetail,
    PeriodList,
    RatesIn,
    RatesView,
    Today,
    WorkPage,
    WorkView,
)
from tongguan.settle.service import appeals, costs, export, periods, rates, today

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["settle"])
Worker = Annotated[
    ProjectAccess, Depends(project_role("annotator", "inspector", "trainer", "manager"), scope="function")
]
Answerer = Annotated[ProjectAccess, Depends(project_role("manager"), scope="function")]
Owner = Annotated[ProjectAccess, Depends(project_role("owner"), scope="function")]
SEES_ALL = frozenset({"manager", "owner"})


def _only(access: ProjectAccess) -> UUID | None:
    """Whose pay the caller may see: everybody's (None) for managers and owners, else the own."""
    return None if access.roles & SEES_ALL else access.caller.person_id


@router.get("/today")
def get_today(access: Worker) -> Today:
    """Units, pay (an estimate), quality, level, next work and why, findings and rule changes of the caller."""
    return today.show(access.session, access.caller, access.project, access.settings, access.roles)


@router.get("/pay/periods")
def list_pay_periods(access: Worker) -> PeriodList:
    """Closed periods, and what the running one would pay now (an estimate). Own figures, unless the caller manages."""
    only = _only(access)
    return PeriodList(
        items=periods.closed_periods(access.session, access.project.id, only),
        open=periods.open_period(access.session, access.project.id, only),
    )


@router.post("/pay/periods/close", status_code=201)
def close_pay_period(access: Owner) -> PeriodDetail:
    """Closes the running period now: its work becomes ledger lines; what is judged later falls into the next."""
    row = periods.close(access.session, access.project.id, access.caller.person_id)
    return periods.detail(access.session, access.project.id, row.id)


@router.get("/pay/periods/{period_id}")
def get_pay_period(access: Worker, period_id: UUID) -> PeriodDetail:
    """A closed period with its payslips, line by line; own ones, unless the caller manages."""
    return periods.detail(access.session, access.project.id, period_id, _only(access))


@router.get("/pay/periods/{period_id}/csv", response_class=Response)
def download_pay_csv(
    access: Worker,
    period_id: UUID,
    table: Literal["payslips", "work", "corrections"] = "payslips",
    language: Literal["zh", "en"] = "zh",
) -> Response:
    """`payslips`: lines and totals for payroll. `work` and `corrections`: what the command `tongguan payslip` reads."""
    only = _only(access)
    if table == "work":
        text = export.work_csv(access.session, access.project.id, period_id, only)
    elif table == "corrections":
        text = export.corrections_csv(access.session, access.project.id, period_id, only)
    else:
        text = export.payslips_csv(access.session, access.project.id, period_id, only, language)
    number = periods.find(access.session, access.project.id, period_id).number
    return _file(text, "text/csv; charset=utf-8", f"{table}-{number}.csv")


@router.get("/pay/periods/{period_id}/rates", response_class=Response)
def download_pay_rates(access: Worker, period_id: UUID) -> Response:
    """The RATES.toml by which a closed period was paid."""
    row = periods.find(access.session, access.project.id, period_id)
    return _file(row.rate_toml, "application/toml; charset=utf-8", f"rates-{row.number}.toml")


def _file(text: str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(text.encode(), media_type=media_type, headers=headers)


@router.post("/pay/periods/{period_id}/appeals", status_code=201)
def file_appeal(access: Worker, period_id: UUID, wish: AppealIn) -> AppealView:
    """The caller says that their payslip, or one line of it, is wrong; a manager answers."""
    return appeals.file(access.session, access.project.id, period_id, access.caller.person_id, wish)


@router.get("/pay/appeals")
def list_appeals(access: Worker) -> list[AppealView]:
    """Appeals, those that wait first; own ones, unless the caller manages."""
    return appeals.listed(access.session, access.project.id, _only(access))


@router.post("/pay/appeals/{appeal_id}/answer")
def answer_appeal(access: Answerer, appeal_id: UUID, wish: AppealAnswerIn) -> AppealView:
    """Answers an appeal with a new line of the payslip: an amount, or 0 with the reason."""
    return appeals.answer(access.session, access.project.id, appeal_id, access.caller.person_id, wish)


@router.get("/pay/costs")
def get_costs(access: Answerer) -> CostLine:
    """What the project's pay came to day by day; the running period is an estimate."""
    return costs.line(access.session, access.project.id)


@router.get("/pay/rates")
def get_rates(access: Worker) -> RatesView:
    """The pay rules that hold now; everybody who works may see them."""
    return rates.show(access.session, access.project.id)


@router.put("/pay/rates")
def set_rates(access: Owner, wish: RatesIn) -> RatesView:
    """Sets the pay rules of the open period and later ones; closed periods keep theirs."""
    return rates.change(access.session, access.project.id, access.caller.person_id, wish.toml)


@router.get("/pay/work")
def list_pay_work(
    access: Worker,
    person: str | None = None,
    period: str | None = None,
    annotation: UUID | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> WorkPage:
    """Judged units down to the annotations, newest first. `period`: an id, or `open`; `person`: an id, or `me`."""
    rows = repository.work_page(
        access.session,
        access.project.id,
        person_id=_whose(access, person),
        period_id=None if period in (None, "open") else _id(period, "period"),
        only_open=period == "open",
        after=_key(after),
        limit=limit,
        annotation_id=annotation,
    )
    people = people_by_id(access.session, {row.person_id for row, _, _ in rows})
    items = items_by_id(access.session, {row.item_id for row, _, _ in rows})
    links = image_links(access.caller, access.project.id, items.values())
    shown = [
        WorkView.model_validate(
            {
                "id": row.id,
                "person_id": row.person_id,
                "person": people[row.person_id].name,
                "annotation_id": row.annotation_id,
                "revision_id": row.revision_id,
                "item_id": row.item_id,
                "item": items[row.item_id].name,
                "thumb_url": links[row.item_id].get("thumb_url") or None,
                "unit": row.unit,
                "difficulty": row.difficulty,
                "quantity": plain(row.quantity),
                "outcome": row.outcome,
                "accepted_at": row.accepted_at,
                "period_id": period_id,
                "void": void is not None,
            }
        )
        for row, period_id, void in rows
    ]
    last = rows[-1][0] if len(rows) == limit else None
    return WorkPage(items=shown, next=f"{last.accepted_at.isoformat()}_{last.id}" if last else None)


def _whose(access: ProjectAccess, person: str | None) -> UUID | None:
    if person in (None, "me"):
        return access.caller.person_id if person == "me" else _only(access)
    wanted = _id(person, "person")
    if wanted != access.caller.person_id and not access.roles & SEES_ALL:
        raise Forbidden("pay.not_yours", "Only managers and owners see other people's pay.")
    return wanted


def _id(value: str | None, field: str) -> UUID:
    try:
        return UUID(value or "")
    except ValueError:
        raise Invalid(f"{field}.invalid", f"{field} is no id.", {"field": field}) from None


def _key(after: str | None) -> tuple[datetime, UUID] | None:
    if not after:
        return None
    moment, _, row_id = after.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(row_id)
    except ValueError:
        raise Invalid("page.key", "The key of the page is not valid.", {"field": "after"}) from None
