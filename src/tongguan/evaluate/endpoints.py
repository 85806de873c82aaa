"""Routes of evaluate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from tongguan.core.storage import Storage
from tongguan.evaluate import repository
from tongguan.evaluate.schemas import (
    BenchmarkIn,
    BenchmarkItemPage,
    BenchmarkOut,
    ChampionIn,
    ChampionPage,
    ComparedOut,
    EvaluationDetail,
    EvaluationIn,
    EvaluationOut,
    PicturePage,
    RelabelIn,
    RelabelOut,
    SliceKind,
    State,
    ThresholdChoice,
)
from tongguan.evaluate.service import benchmarks, champions, evaluations, looking, pricing
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["evaluate"])
Reader = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "client"), scope="function")]
Maker = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer"), scope="function")]
INSIDE = frozenset({"manager", "trainer", "engineer", "owner"})


def _storage(request: Request) -> Storage:
    found: Storage = request.app.state.storage
    return found


Bytes = Annotated[Storage, Depends(_storage)]


@router.get("/benchmarks")
def list_benchmarks(access: Reader) -> list[BenchmarkOut]:
    """Benchmarks, newest first."""
    rows = repository.benchmarks(access.session, access.project.id)
    return benchmarks.shown(access.session, access.project.id, rows)


@router.post("/benchmarks", status_code=201)
def freeze_benchmark(access: Maker, wish: BenchmarkIn) -> BenchmarkOut:
    """Freezes the kept side of a version as a benchmark; its items never change."""
    row = benchmarks.freeze(access.session, access.caller, access.project.id, wish)
    return benchmarks.shown(access.session, access.project.id, [row])[0]


@router.get("/benchmarks/{number}")
def get_benchmark(access: Reader, number: int) -> BenchmarkOut:
    """One benchmark."""
    row = benchmarks.benchmark_of(access.session, access.project.id, number)
    return benchmarks.shown(access.session, access.project.id, [row])[0]


@router.get("/benchmarks/{number}/items")
def list_benchmark_items(
    access: Maker,
    number: int,
    after: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> BenchmarkItemPage:
    """Items of a benchmark by position."""
    row = benchmarks.benchmark_of(access.session, access.project.id, number)
    return benchmarks.items(access.session, access.caller, access.project.id, row, after, limit)


@router.get("/evaluations")
def list_evaluations(
    access: Reader, model_id: UUID | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> list[EvaluationOut]:
    """Evaluations, newest first."""
    rows = repository.evaluations(access.session, access.project.id, model_id, limit)
    return evaluations.shown(access.session, access.project.id, rows)


@router.post("/evaluations", status_code=201)
def start_evaluation(access: Maker, wish: EvaluationIn) -> EvaluationOut:
    """Measures a model on a benchmark beside the champion, in the background."""
    row = evaluations.begin(access.session, access.caller, access.project.id, wish)
    return evaluations.shown(access.session, access.project.id, [row])[0]


@router.get("/evaluations/{evaluation_id}")
def get_evaluation(access: Reader, evaluation_id: UUID) -> EvaluationDetail:
    """One evaluation with its verdict and figures."""
    row = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    return evaluations.detail(access.session, access.caller, row, bool(access.roles & INSIDE))


@router.get("/evaluations/{evaluation_id}/threshold")
def choose_threshold(
    access: Reader,
    evaluation_id: UUID,
    miss_fen: Annotated[int | None, Query(ge=0, le=10**12, description="Empty: as when it was measured.")] = None,
    false_fen: Annotated[int | None, Query(ge=0, le=10**12, description="Empty: as when it was measured.")] = None,
) -> ThresholdChoice:
    """The threshold that costs least when a miss and a false call have these prices, with the curve behind it."""
    row = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    return pricing.choice(access.session, row, miss_fen, false_fen)


@router.post("/evaluations/{evaluation_id}/cancel")
def cancel_evaluation(access: Maker, evaluation_id: UUID) -> EvaluationOut:
    """Stops an evaluation at its next picture."""
    row = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    row = evaluations.cancel(access.session, access.caller, row)
    return evaluations.shown(access.session, access.project.id, [row])[0]


@router.get("/evaluations/{evaluation_id}/pictures")
def list_evaluation_pictures(  # noqa: PLR0913 the filters of a page
    access: Maker,
    storage: Bytes,
    evaluation_id: UUID,
    state: State | None = None,
    truth: Annotated[str | None, Query(max_length=200)] = None,
    found: Annotated[str | None, Query(max_length=200)] = None,
    kind: SliceKind | None = None,
    value: Annotated[str | None, Query(max_length=200)] = None,
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 24,
) -> PicturePage:
    """The pictures that a figure counts: a state, a cell of the confusion ('' is background), a slice."""
    row = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    rows = looking.pictures(storage, row, looking.Wanted(state, truth, found, kind, value))
    shown = evaluations.with_links(access.session, access.caller, access.project.id, rows[skip : skip + limit])
    return PicturePage(total=len(rows), items=shown)


@router.get("/evaluations/{evaluation_id}/compare/{other_id}")
def compare_evaluations(access: Maker, storage: Bytes, evaluation_id: UUID, other_id: UUID) -> ComparedOut:
    """Two finished evaluations on one benchmark: paired differences, first minus second."""
    first = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    second = evaluations.evaluation_of(access.session, access.project.id, other_id)
    found = looking.compare(access.session, storage, first, second)
    shown = evaluations.shown(access.session, access.project.id, [first, second])
    return ComparedOut(benchmark=shown[0].benchmark, first=shown[0], second=shown[1], **found)


@router.post("/evaluations/{evaluation_id}/relabel", status_code=201)
def relabel_pictures(access: Maker, evaluation_id: UUID, wish: RelabelIn) -> RelabelOut:
    """Sends pictures of an evaluation back to labelling."""
    row = evaluations.evaluation_of(access.session, access.project.id, evaluation_id)
    return evaluations.relabel(access.session, access.caller, row, wish)


@router.get("/champion")
def get_champion(access: Reader) -> ChampionPage:
    """The champion of now and those before."""
    return champions.page(access.session, access.project.id)


@router.post("/champion", status_code=201)
def make_champion(access: Maker, wish: ChampionIn) -> ChampionPage:
    """Makes the model of an evaluation champion. Against the verdict only a trainer or owner may, with a reason."""
    row = evaluations.evaluation_of(access.session, access.project.id, wish.evaluation_id)
    champions.decide(access.session, access.caller, access.roles, row, wish.reason)
    return champions.page(access.session, access.project.id)
