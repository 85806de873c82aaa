"""What each person comes for: a delivery, figures and pay, work, a verdict."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browse import draw_box, settle, wide
from tests.journeys.conftest import PageAs, Shot
from tests.journeys.plant import Plant, until
from tongguan.cli.simulation.people import Habits

pytestmark = pytest.mark.journey
SIZES = [("zh", 1440, 900), ("en", 390, 844)]
WORDS = {
    "zh": {"make": "生成 Pascal VOC", "download": "下载", "people": "按人", "close": "现在结账", "start": "开始|继续"},
    "en": {
        "make": "Make Pascal VOC",
        "download": "Download",
        "people": "By person",
        "close": "Close now",
        "start": "Start|Go on",
    },
}


def at(page: Page, plant: Plant, path: str) -> Page:
    """Goes to a page of the project and waits until it has settled."""
    page.goto(f"/projects/{plant.project_id}{path}")
    settle(page)
    return page


@pytest.mark.parametrize(("language", "width", "height"), SIZES)
def test_a_client_downloads_a_delivery(
    plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int, height: int
) -> None:
    words = WORDS[language]
    page = at(page_as("client", language, width, height), plant, "/datasets")
    page.get_by_text("v1 第一次交付").click()
    settle(page)
    expect(page.get_by_role("heading", name="v1")).to_be_visible()
    page.get_by_role("button", name=words["make"]).click()
    row = page.locator(".tg-exports li").filter(has_text="Pascal VOC").first
    link = row.get_by_role("link", name=words["download"])
    expect(link).to_be_visible()
    shot(page, f"journey-client-{language}-{width}")
    assert not wide(page)
    with page.expect_download() as waiting:
        link.click()
    version = plant.site("client").get(f"{plant.project}/dataset-versions")[0]
    with zipfile.ZipFile(Path(waiting.value.path())) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert sum(name.endswith(".xml") for name in names) == version["counts"]["items"]
        boxes = sum(packed.read(name).count(b"<object>") for name in names if name.endswith(".xml"))
    assert boxes == version["counts"]["labels"]


@pytest.mark.parametrize(("language", "width", "height"), SIZES)
def test_a_manager_sees_quality_and_pay(
    plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int, height: int
) -> None:
    words = WORDS[language]
    page = at(page_as("owner", language, width, height), plant, "/quality")
    expect(page.get_by_role("heading", name=words["people"])).to_be_visible()
    expect(page.get_by_text("周建国").first).to_be_visible()
    figure = plant.site("manager").get(f"{plant.project}/quality")
    share = figure["gate"]["accepted"] / figure["gate"]["judged"] if "gate" in figure else None
    if share is not None:
        expect(page.get_by_text(f"{100 * share:.1f}%").first).to_be_visible()
    shot(page, f"journey-manager-quality-{language}-{width}")
    at(page, plant, "/pay")
    shot(page, f"journey-manager-pay-{language}-{width}")
    assert not wide(page)
    if width < 1000:
        return
    page.get_by_role("button", name=words["close"]).click()
    page.locator(".ant-popover").get_by_role("button", name="确认结账").click()
    expect(page.get_by_text("第 1 期已结账")).to_be_visible()
    page.get_by_role("row").filter(has_text="1").get_by_role("link", name="¥").first.click()
    settle(page)
    slip = plant.site("manager").get(f"{plant.project}/pay/periods")["items"][0]
    with page.expect_download() as waiting:
        page.get_by_role("link", name="工资单 CSV").or_(page.get_by_role("button", name="工资单 CSV")).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "周建国" in text
    expect(page.get_by_text(f"{slip['total_fen'] / 100:,.2f}").first).to_be_visible()


def test_an_annotator_learns_and_earns(plant: Plant, page_as: PageAs, shot: Shot) -> None:
    person = plant.invite("learner", "林晓", 1, ["annotator"])
    page = at(page_as(person, "zh", 1440, 900), plant, "/today")
    page.get_by_role("link", name="去学习考试").first.click()
    settle(page)
    page.get_by_role("button", name="我读完了").click()
    page.get_by_role("button", name="开始练习").click()
    expect(page.locator(".te-canvas")).to_be_visible()
    expect(page.locator(".te-loading")).to_have_count(0)
    draw_box(page, "4", (0.3, 0.3), (0.5, 0.5))
    page.keyboard.press("Enter")
    expect(page.locator(".tg-verdict")).to_be_visible()
    shot(page, "journey-annotator-practice-zh-1440")
    worker = plant.worker("learner", Habits(0, 0, 0, 0))
    assert worker.study()
    at(page, plant, "/learn")
    expect(page.get_by_text("已通过考试")).to_be_visible()
    shot(page, "journey-annotator-passed-zh-1440")
    assert worker.work(1) == 1
    for language in ("zh", "en"):
        phone = at(page_as(person, language, 390, 844), plant, "/today")
        expect(phone.get_by_role("link", name=re.compile(WORDS[language]["start"])).first).to_be_visible()
        shot(phone, f"journey-annotator-today-{language}-390")
        assert not wide(phone)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_inspector_judges(plant: Plant, page_as: PageAs, shot: Shot, language: str) -> None:
    """One answer is accepted by a key, one rejected with a finding, one put right."""
    person = plant.invite(f"trainee-{language}", "高一鸣", 1, ["annotator"])
    plant.qualify(person.role)
    assert plant.worker(person.role, Habits(0.01, 0, 0, 0)).work(3) == 3
    inspector, manager = plant.site("inspector"), plant.site("manager")
    lots = f"{plant.project}/lots"
    until(lambda: any(lot["person_id"] == person.site.person_id and lot["size"] for lot in manager.get(lots)))
    manager.post(f"{lots}/close", {"person_id": person.site.person_id})
    until(lambda: inspector.get(f"{plant.project}/quality")["waiting_reviews"] > 0)
    page = at(page_as("inspector", language, 1440, 900), plant, "/review")
    judged = _judged(plant)
    _ready(page)
    shot(page, f"journey-inspector-{language}-1440")
    page.keyboard.press("a")
    until(lambda: _judged(plant) == judged + 1)
    if _ready(page):
        page.keyboard.press("r")
        page.keyboard.press("4")
        page.locator(".tg-judge textarea").fill("框太松")
        shot(page, f"journey-inspector-reject-{language}-1440")
        page.locator(".tg-judge .tg-key-main").click()
        until(lambda: _judged(plant) == judged + 2)
        last = manager.get(f"{plant.project}/findings")["items"][0]
        assert (last["type"], last["note"], last["state"]) == ("loose_box", "框太松", "open")
    if _ready(page):
        page.keyboard.press("f")
        draw_box(page, "1", (0.45, 0.45), (0.55, 0.55))
        shot(page, f"journey-inspector-fix-{language}-1440")
        page.keyboard.press("Enter")
        until(lambda: _judged(plant) == judged + 3)


def _ready(page: Page) -> bool:
    """Whether an answer to judge is on the screen; False when none is left."""
    empty = page.locator(".tg-empty")
    expect(page.locator(".tg-judge").or_(empty).first).to_be_visible()
    expect(page.locator(".te-loading")).to_have_count(0)
    return not empty.is_visible()


def _judged(plant: Plant) -> int:
    return sum(int(lot["judged"]) for lot in plant.site("manager").get(f"{plant.project}/lots"))
