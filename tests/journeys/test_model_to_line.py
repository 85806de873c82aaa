"""The algorithm engineer: from the form of a training to a model on the line, its shadow, its alarm and its device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browse import choose, settle, wide
from tests.journeys.conftest import PageAs, Shot
from tests.journeys.plant import Plant, until

pytestmark = pytest.mark.journey
FEW = {"steps": "4", "size": "64", "batch": "4", "width": "16", "depth": "1", "looks": "2"}
SIZES = [("zh", 1440), ("en", 390)]
WORDS = {
    "zh": {
        "more": "更多参数", "train": "开始训练", "compare": "训练对比", "evaluate": "开始评测",
        "miss": "漏检一处的代价",
        "cheapest": "处代价最低", "put": "上线", "name": "名称", "reason": "原因", "shadow": "设影子模型",
        "live": "换在线模型", "model": "模型", "rollback": "回滚", "note": "处理说明", "close": "关闭",
        "device": "新建设备", "wrong": "现场常说错",
    },
    "en": {
        "more": "More parameters", "train": "Train", "compare": "Trainings side by side", "evaluate": "Evaluate",
        "miss": "A miss costs", "cheapest": "Cheapest at", "put": "Put it live", "name": "Name", "reason": "Reason",
        "shadow": "Set shadow", "live": "Change live model", "model": "Model", "rollback": "Roll back",
        "note": "What was done", "close": "Close", "device": "Make a device", "wrong": "Often called wrong",
    },
}  # fmt: skip


def trained(plant: Plant, page: Page, words: dict[str, str], shot: Shot, name: str) -> dict[str, str]:
    """A training from the form, its curve, and its figures beside an earlier one; the model that came out."""
    site = plant.site("engineer")
    before = len(site.get(f"{plant.project}/models"))
    page.goto(f"/projects/{plant.project_id}/models")
    settle(page)
    page.get_by_role("button", name=words["more"]).click()
    for field, value in FEW.items():
        page.locator(f"#params_{field}").fill(value)
    page.locator("#params_pretrained").click()
    page.get_by_role("button", name=words["train"], exact=True).click()
    until(lambda: len(site.get(f"{plant.project}/models")) > before, 240)
    page.reload()
    settle(page)
    page.locator(".ant-table-row-expand-icon").first.click()
    settle(page)
    shot(page, f"engineer-curve-{name}")
    boxes = page.locator("tr.ant-table-row .ant-checkbox-input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(page.get_by_role("heading", name=words["compare"])).to_be_visible()
    settle(page)
    shot(page, f"engineer-compare-{name}")
    assert not wide(page)
    model: dict[str, str] = site.get(f"{plant.project}/models")[0]
    page.goto(f"/projects/{plant.project_id}/models/{model['id']}")
    settle(page)
    expect(page.get_by_text("onnxruntime").first).to_be_visible()
    shot(page, f"engineer-card-{name}")
    return model


def judged(plant: Plant, page: Page, words: dict[str, str], model: dict[str, str], shot: Shot, name: str) -> None:
    """The model on the benchmark beside the champion, the verdict, and the threshold by cost carried to the line."""
    page.goto(f"/projects/{plant.project_id}/evaluations?model={model['number']}")
    settle(page)
    page.get_by_role("button", name=words["evaluate"], exact=True).click()
    expect(page.locator(".tg-verdict")).to_be_visible(timeout=240_000)
    settle(page)
    shot(page, f"engineer-verdict-{name}")
    page.get_by_label(words["miss"]).fill("1000")
    expect(page.get_by_text(words["cheapest"])).to_be_visible()
    settle(page)
    page.locator("#cost").scroll_into_view_if_needed()
    shot(page, f"engineer-cost-{name}")
    page.locator("#cost a").click()
    settle(page)
    expect(page.locator("#threshold")).not_to_have_value("")


@pytest.mark.parametrize(("language", "width"), SIZES)
def test_engineer_brings_a_model_to_the_line(
    plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int
) -> None:
    words, name, site = WORDS[language], f"{language}-{width}", plant.site("engineer")
    page = page_as("engineer", language, width, 900)
    model = trained(plant, page, words, shot, name)
    judged(plant, page, words, model, shot, name)
    page.get_by_label(words["name"]).fill(f"二号线 {name}")
    page.get_by_label(words["reason"]).fill("试用")
    shot(page, f"engineer-put-{name}")
    page.get_by_role("button", name=words["put"], exact=True).click()
    link = page.get_by_role("link", name=f"二号线 {name}")
    expect(link.first).to_be_visible()
    link.first.click()
    settle(page)
    deployment = page.url.split("?")[0].rstrip("/").rpartition("/")[2]
    place = f"{plant.project}/deployments/{deployment}"
    assert site.get(place)["cost_miss_fen"] == 100_000
    for act, key in (("shadow", "shadow_model"), ("live", "live_model")):
        page.get_by_role("button", name=words[act], exact=True).first.click()
        panel = page.locator(".ant-popover:visible")
        choose(page, panel.get_by_label(words["model"]), "m1")
        panel.get_by_label(words["reason"]).fill("比一比")
        shot(page, f"engineer-{act}-{name}")
        panel.get_by_role("button", name=words[act], exact=True).click()
        until(lambda key=key: site.get(place)[key] == 1)
        page.keyboard.press("Escape")
        page.reload()
        settle(page)
    page.get_by_role("button", name=words["rollback"], exact=True).first.click()
    page.locator(".ant-popover:visible").get_by_role("button", name=words["rollback"], exact=True).click()
    until(lambda: site.get(place)["live_model"] == model["number"])
    alarmed(plant, page, deployment, words, shot, name)
    page.goto(f"/projects/{plant.project_id}/line/{deployment}?view=devices")
    settle(page)
    page.locator("#name").fill("一号相机")
    page.get_by_role("button", name=words["device"], exact=True).click()
    expect(page.get_by_text(re.compile(r"^tgd_\w+")).first).to_be_visible()
    shot(page, f"engineer-device-{name}")
    assert not wide(page)
    site.post(f"{place}/retire", {"reason": "试用结束"})


def alarmed(plant: Plant, page: Page, deployment: str, words: dict[str, str], shot: Shot, name: str) -> None:
    """Too many answers are called wrong: the alarm opens, and is closed with a note."""
    shown, plant.deployment = plant.deployment, deployment
    try:
        answers = [plant.show(picture)["prediction_id"] for picture in plant.plates()[:21]]
    finally:
        plant.deployment = shown
    for answer in answers:
        body = {"prediction_id": answer, "kind": "wrong", "reason": "false_call"}
        plant.site("operator").post(f"/api/v1/deployments/{deployment}/feedback", body)
    site, query = plant.site("engineer"), {"deployment_id": deployment, "only_open": True}
    until(lambda: site.get(f"{plant.project}/alarms", **query), 90)
    page.goto(f"/projects/{plant.project_id}/line/{deployment}?view=alarms")
    settle(page)
    row = page.locator(".tg-list li", has_text=words["wrong"])
    row.get_by_label(words["note"]).fill("阈值太低，已改")
    shot(page, f"engineer-alarm-{name}")
    row.get_by_role("button", name=words["close"], exact=True).click()
    until(lambda: not [one for one in site.get(f"{plant.project}/alarms", **query) if one["kind"] == "disagreement"])
    page.goto(f"/projects/{plant.project_id}/line/{deployment}?view=drift")
    settle(page)
    shot(page, f"engineer-drift-{name}")
