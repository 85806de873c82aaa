"""The line: the operator's console by touch, and the trainer's pages from an answer back to rules and people."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browse import settle, wide
from tests.journeys.conftest import PageAs, Shot
from tests.journeys.plant import Plant, until

pytestmark = pytest.mark.journey
SIZES = [("zh", 390, 844), ("en", 1280, 800)]
WORDS = {
    "zh": {
        "wrong": "错了",
        "kind": "类别错",
        "noted": "已记下",
        "hand": "人工检查",
        "shift": "本班小结",
        "wait": "条待送",
    },
    "en": {
        "wrong": "Wrong",
        "kind": "Wrong kind",
        "noted": "noted",
        "hand": "Check by hand",
        "shift": "This shift",
        "wait": "to be sent",
    },
}


def console(plant: Plant, page: Page) -> None:
    """Opens the console."""
    page.goto(f"/projects/{plant.project_id}/line/{plant.deployment}/console")
    settle(page)


@pytest.mark.parametrize(("language", "width", "height"), SIZES)
def test_operator_calls_an_answer_wrong_and_the_network_may_be_away(
    plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int, height: int
) -> None:
    words = WORDS[language]
    page = page_as("operator", language, width, height)
    console(plant, page)
    fresh = plant.show(plant.plates()[10 + width % 7])
    expect(page.locator("main.tc")).to_have_attribute("data-prediction", fresh["prediction_id"])
    expect(page.locator("main.tc")).to_have_attribute("data-verdict", fresh["verdict"])
    expect(page.locator(".tc-verdict svg")).to_have_attribute("data-shape", fresh["verdict"])
    assert not wide(page)
    for button in page.locator(".tc-buttons button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 72
        assert box["y"] + box["height"] <= height
    shot(page, f"console-{language}-{width}")
    page.context.set_offline(True)
    page.get_by_role("button", name=words["wrong"], exact=True).click()
    shot(page, f"console-reasons-{language}-{width}")
    page.get_by_role("button", name=words["kind"], exact=True).click()
    expect(page.get_by_text(words["wait"])).to_be_visible()
    expect(page.locator(".tc-word")).to_have_text(words["hand"])
    shot(page, f"console-offline-{language}-{width}")
    page.context.set_offline(False)
    expect(page.get_by_text(words["wait"])).to_be_hidden()
    site = plant.site("trainer")
    address = f"{plant.project}/deployments/{plant.deployment}/predictions/{fresh['prediction_id']}"
    until(lambda: site.get(address)["feedback"] is not None)
    assert site.get(address)["feedback"]["reason"] == "wrong_label"
    until(
        lambda: any(
            row["prediction_id"] == fresh["prediction_id"] for row in site.get(f"{plant.project}/loop")["items"]
        )
    )
    page.get_by_role("button", name=words["shift"], exact=True).click()
    expect(page.locator(".tc-figures strong").first).to_have_text(re.compile(r"[1-9]"))
    shot(page, f"console-shift-{language}-{width}")


def test_a_tablet_without_a_camera_feeds_the_line(plant: Plant, page_as: PageAs, shot: Shot) -> None:
    engineer = plant.site("engineer")
    address = f"{plant.project}/deployments/{plant.deployment}"
    design = engineer.get(address)["console"]
    design |= {"buttons": ["wrong", "right", "picture"], "confirm_from": 0.01}
    design["defect"] |= {"text": "有伤，下线", "what_to_do": "通知班长", "color": "#8a3ffc"}
    answer = engineer.http.patch(address, json={"console": design})
    assert answer.status_code == 200, answer.text
    page = page_as("operator", "zh", 1280, 800)
    console(plant, page)
    page.get_by_test_id("console-picture").set_input_files(plant.plates()[20])
    expect(page.locator(".tc-name")).to_contain_text(plant.plates()[20].name)
    page.get_by_role("button", name="错了", exact=True).click()
    page.get_by_role("button", name="误报", exact=True).click()
    if page.locator("main.tc").get_attribute("data-verdict") == "defect":
        expect(page.locator(".tc-word")).to_have_text("有伤，下线")
        page.get_by_role("button", name="是误报").click()
    expect(page.locator(".tc-said")).to_contain_text("误报")
    shot(page, "console-feed-zh-1280")


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_trainer_walks_from_the_map_to_people_and_rules(
    plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int
) -> None:
    page = page_as("trainer", language, width, 900)
    page.goto(f"/projects/{plant.project_id}")
    settle(page)
    expect(page.locator(".tg-loop")).to_be_visible()
    expect(page.locator('[data-gate="5"] .tg-gate-figure')).to_contain_text("1 / 1")
    shot(page, f"map-loop-{language}-{width}")
    page.goto(f"/projects/{plant.project_id}/line/{plant.deployment}")
    for view in ("traffic", "log", "alarms", "threshold", "console", "route", "devices", "history"):
        page.goto(f"/projects/{plant.project_id}/line/{plant.deployment}?view={view}")
        settle(page)
        assert not wide(page), view
        shot(page, f"line-{view}-{language}-{width}")
    page.goto(f"/projects/{plant.project_id}/loop")
    settle(page)
    page.locator(".tg-case a", has_text="追溯来源" if language == "zh" else "Where it comes from").last.click()
    chain = page.locator(".tg-chain")
    expect(chain).to_contain_text("周建国")
    expect(chain).to_contain_text("v1")
    shot(page, f"provenance-{language}-{width}")
    chain.get_by_role("link", name=re.compile(r"^(规则|Rules) 1\.0$")).click()
    expect(page.locator(".tg-chain")).to_contain_text("一号线出口")
    shot(page, f"touched-{language}-{width}")
