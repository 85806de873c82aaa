"""Reports of a project and of an evaluation: what stands in them, who may read them, and every format opened again."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image
from sqlalchemy import text

from tests.annotate.conftest import build
from tests.conftest import Client, Org, RunJobs, assert_error
from tests.quality.floor import Floor, box
from tongguan.core import failpoints, links
from tongguan.core.ids import new_id
from tongguan.core.storage import Storage
from tongguan.evaluate.models import Benchmark, Evaluation
from tongguan.people.models import Person
from tongguan.reports.service.rendering import fonts
from tongguan.reports.service.words import WORDS
from tongguan.train.models import ModelVersion

HOSTILE = '钢板 <script>alert(1)</script> #import "x" $a$'


@pytest.fixture
def floor(database: Any, org: Org, client: Client, run_jobs: RunJobs, storage: Storage) -> Floor:
    """A project with accepted work and a frozen version."""
    picture = io.BytesIO()
    Image.new("L", (200, 200), 128).save(picture, "PNG")
    storage.put("x/assets/a", picture.getvalue())
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    made = Floor(build(database, org.id, org.owner.id, quality=quality), client, run_jobs)
    with database.transaction(org.id) as session:
        session.execute(text("UPDATE project SET name = :name"), {"name": HOSTILE})
    annotator, inspector, manager = made.annotator(), made.inspector(), made.manager()
    made.answer(annotator, box(), count=12)
    made.close_lots(manager)
    made.judge_all(inspector)
    made.post(manager, "dataset-versions", {})
    made.run_jobs()
    return made


def lead(floor: Floor) -> Person:
    return next(one for one in floor.world.people if one.level == 5)


def make(floor: Floor, person: Person, **wish: Any) -> dict[str, Any]:
    asked = floor.post(person, "reports", wish)
    assert asked.status_code == 201, asked.text
    floor.run_jobs()
    found: dict[str, Any] = floor.get(person, f"reports/{asked.json()['number']}").json()
    return found


def content(storage: Storage, report: dict[str, Any], kind: str) -> bytes:
    signed = report["files"][kind]["url"].removeprefix(links.PREFIX)
    return storage.read(links.open_link(signed, UUID(report["created_by"])).key)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_project_in_three_formats(floor: Floor, storage: Storage, language: str) -> None:
    report = make(floor, lead(floor), language=language)
    assert (report["state"], report["subject"], report["costs"]) == ("done", "project", True)
    assert set(report["sources"]) == {"rules", "dataset"}
    html = content(storage, report, "html").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert not re.findall(r"(?:src|href)=[\"']?(?!data:)", html), "nothing is fetched from outside"
    assert html.count("<svg") >= 2
    assert WORDS[language]["reached"] in html
    word = docx.Document(io.BytesIO(content(storage, report, "docx")))
    headings = [one.text for one in word.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings[:2] == [WORDS[language]["gates"], WORDS[language]["data"]]
    assert len(word.inline_shapes) >= 2
    assert word.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "微软雅黑"
    pdf = content(storage, report, "pdf")
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 20_000


def test_facts_are_frozen(floor: Floor, storage: Storage) -> None:
    first = make(floor, lead(floor))
    before = content(storage, first, "html")
    floor.answer(floor.annotator("后来的人"), box(), count=3)
    again = floor.get(lead(floor), f"reports/{first['number']}").json()
    assert content(storage, again, "html") == before
    assert again["made_at"] == first["made_at"]


def test_pay_is_for_managers_and_owners(floor: Floor, storage: Storage) -> None:
    trainer = floor.world.person("孙训练师", 5, roles=("trainer",))
    with_pay, without = make(floor, lead(floor)), make(floor, trainer)
    word = WORDS["zh"]["open_estimate"]
    assert word in content(storage, with_pay, "html").decode()
    assert word not in content(storage, without, "html").decode()
    assert [one["number"] for one in floor.get(trainer, "reports").json()] == [without["number"]]
    assert_error(floor.get(trainer, f"reports/{with_pay['number']}"), 404, "report.unknown")
    assert_error(floor.get(trainer, f"reports/{with_pay['number']}/files/html"), 404, "report.unknown")
    annotator = floor.annotator("小周")
    assert_error(floor.get(annotator, "reports"), 403, "auth.role")


def test_without_a_chinese_font_there_is_no_pdf_and_words_say_what_to_install(
    floor: Floor, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "chinese", lambda: None)
    report = make(floor, lead(floor))
    assert report["state"] == "done"
    assert report["files"]["pdf"]["error"]["code"] == "report.no_font"
    params = assert_error(floor.get(lead(floor), f"reports/{report['number']}/files/pdf"), 409, "report.no_font")
    assert "fonts-noto-cjk" in params["packages"]
    word = docx.Document(io.BytesIO(content(storage, report, "docx")))
    assert any("fonts-noto-cjk" in one.text for one in word.paragraphs)
    moved = floor.client.as_(lead(floor)).get(
        floor.url(f"reports/{report['number']}/files/docx"), follow_redirects=False
    )
    assert (moved.status_code, moved.headers["location"][:7]) == (303, links.PREFIX)


@pytest.mark.parametrize("point", ["reports.gathered", "reports.written"])
def test_a_kill_between_two_steps_ends_in_one_report(floor: Floor, storage: Storage, point: str) -> None:
    failpoints.arm(f"{point}=error")
    asked = floor.post(lead(floor), "reports", {}).json()
    with pytest.raises(failpoints.FailpointError):
        floor.run_jobs()
    failpoints.arm("")
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE event SET delivered_at = NULL WHERE kind = 'job.report'"))
    floor.run_jobs()
    found = floor.get(lead(floor), f"reports/{asked['number']}").json()
    assert found["state"] == "done"
    names = sorted(one.key for one in storage.list("") if "/reports/" in one.key)
    assert [name.rsplit(".", 1)[1] for name in names] == ["docx", "html", "pdf"]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"subject": "evaluation"}, 422, "report.evaluation"),
        ({"evaluation": 1}, 422, "report.evaluation"),
        ({"subject": "weather"}, 422, "input.invalid"),
        ({"language": "fr"}, 422, "input.invalid"),
    ],
)
def test_bad_wishes(floor: Floor, wish: dict[str, Any], status: int, code: str) -> None:
    assert_error(floor.post(lead(floor), "reports", wish), status, code)


def test_an_evaluation_that_is_not_there_fails_in_words(floor: Floor) -> None:
    report = make(floor, lead(floor), subject="evaluation", evaluation=7)
    assert (report["state"], report["error"]["code"]) == ("failed", "evaluation.unknown")
    assert_error(floor.get(lead(floor), f"reports/{report['number']}/files/html"), 409, "report.not_made")


def interval(value: float, width: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - width, "high": value + width}


DETAIL = {
    "operating": {
        "threshold": 0.3,
        "precision": interval(0.8),
        "recall": interval(0.7),
        "f1": interval(0.75),
        "right": 22,
        "missed": 9,
        "invented": 5,
        "cost_fen": 4700,
    },
    "precision_recall": [{"label": "scratch", "labels": 31, "precision": [1, 0.9, 0.4], "score": []}],
    "confusion": {
        "labels": ["scratch"],
        "cells": [{"truth": "scratch", "found": "", "count": 9, "pictures": 7}],
    },
}


def reasons(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Reasons of the verdict, one of which this program does not know yet."""
    return [
        {"code": "overlap_none", "ok": True, "params": {"count": 0}},
        {"code": "better", "ok": True, "params": {**interval(0.11), "metric": "map50", "model": 0.71}},
        {"code": "slice_held", "ok": True, "params": {"slice": part["value"], **part, **interval(-0.02)}},
        {"code": "of_tomorrow", "ok": None, "params": {"a": 1}},
    ]


def evaluated(floor: Floor) -> None:
    """A finished evaluation as the stage evaluate stores it."""
    with floor.world.database.transaction(floor.world.org_id) as session:
        project = floor.world.project.id
        version = session.execute(text("SELECT id, manifest_hash FROM dataset_version")).one()
        shared: dict[str, Any] = {
            "project_id": project,
            "dataset_version_id": version.id,
            "origin": {"note": "test"},
            "key": "x",
            "size": 1,
            "metrics": {},
            "classes": ["scratch"],
        }
        models = [
            ModelVersion(id=new_id(), number=at, sha256=f"{at}" * 64, threshold=0.3, recipe="detection", **shared)
            for at in (1, 2)
        ]
        benchmark = Benchmark(
            id=new_id(),
            project_id=project,
            number=1,
            name="钢板一号基准",
            dataset_version_id=version.id,
            manifest_hash=version.manifest_hash,
        )
        session.add_all([*models, benchmark])
        session.flush()
        part = {"kind": "class", "value": "scratch", "items": 20, "labels": 31, "range": None, "margin": 0.03}
        item = session.execute(text("SELECT id FROM item LIMIT 1")).scalar_one()
        drawn = {"kind": "box", "label": "scratch", "x": 5, "y": 5, "width": 40, "height": 40, "state": "missed"}
        session.add(
            Evaluation(
                id=new_id(),
                project_id=project,
                number=1,
                benchmark_id=benchmark.id,
                model_version_id=models[1].id,
                champion_id=models[0].id,
                state="done",
                rules={"metric": "map50"},
                items=20,
                left_out=0,
                overlap=0,
                metrics={"map50": interval(0.71), "map50_95": interval(0.33)},
                detail=DETAIL,
                slices=[{**part, "metrics": {"map50": interval(0.6)}, "difference": {"map50": interval(-0.02)}}],
                comparison={
                    "metrics": {"map50": interval(0.6)},
                    "difference": {"map50": {**interval(0.11), "better": 0.99}},
                },
                passed=True,
                reasons=reasons(part),
                worst=[{"item": str(item), "name": "a.png", "missed": 1, "invented": 0, "wrong": 0, "truth": [drawn]}],
                ended_at=datetime.now(UTC),
            )
        )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_evaluation_with_verdict_slices_and_worst_pictures(floor: Floor, storage: Storage, language: str) -> None:
    evaluated(floor)
    picture = io.BytesIO()
    Image.new("RGB", (480, 480), "gray").save(picture, "JPEG")
    storage.put("t/480.jpg", picture.getvalue())
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE asset SET thumb = 't/'"))
    report = make(floor, lead(floor), subject="evaluation", evaluation=1, language=language)
    assert report["state"] == "done", report
    assert report["sources"]["evaluation"] == "#1"
    html = content(storage, report, "html").decode()
    words = WORDS[language]
    held = {"zh": "类别“scratch”没有变差：差 -0.020", "en": "Class scratch is not worse: difference -0.020"}
    for expected in (
        held[language],
        words["passed"],
        "+0.110",
        "of_tomorrow",
        "¥47.00",
        words["pr"],
        words["confusion_model"],
    ):
        assert expected in html, expected
    assert "data:image/jpeg;base64," in html
    with zipfile.ZipFile(io.BytesIO(content(storage, report, "docx"))) as word:
        assert sum(name.startswith("word/media/") for name in word.namelist()) >= 4
    assert content(storage, report, "pdf").startswith(b"%PDF-")
    whole = make(floor, lead(floor), language=language)
    page = content(storage, whole, "html").decode()
    assert words["passed"] in page
    assert whole["sources"]["evaluation"] == "#1"


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])
    for key, value in WORDS["zh"].items():
        if isinstance(value, list):
            assert len(value) == len(WORDS["en"][key]), key
    assert set(WORDS["zh"]["reasons"]) == set(WORDS["en"]["reasons"])
