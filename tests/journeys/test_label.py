"""The label page: drawing by mouse and keys, and every way in which work could be lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PageAs, Shot
from tests.journeys.plant import PASSWORD, Person, Plant, until

pytestmark = pytest.mark.journey
Point = tuple[float, float]

# Milliseconds from Enter to the next item on the page: 200 asked for, more allowed for a machine that is busy.
SUBMIT = """() => new Promise((done) => {
  const status = document.querySelector('.te-status')
  const name = () => /\\S+\\.jpg/.exec(status.textContent)?.[0]
  const before = name()
  const start = performance.now()
  new MutationObserver((_, self) => {
    if (name() === before) return
    self.disconnect()
    done(Math.round(performance.now() - start))
  }).observe(status, { subtree: true, childList: true, characterData: true })
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
})"""


class Desk:
    """The label page under the hands of one person."""

    def __init__(self, page: Page, plant: Plant) -> None:
        self.page, self.plant = page, plant
        self.canvas = page.locator(".te-canvas")

    def open(self) -> Desk:
        """Goes to the page and waits until one may draw."""
        self.page.goto(f"/projects/{self.plant.project_id}/label")
        expect(self.page.locator(".tl[data-phase=working]")).to_be_visible(timeout=30_000)
        # Keys are heard once the picture is there.
        expect(self.page.locator(".te-status")).to_contain_text(".jpg")
        expect(self.page.locator(".te-loading")).to_have_count(0)
        expect(self.canvas).to_be_focused()
        return self

    def drag(self, start: Point, end: Point) -> None:
        """From one place to another, in shares of the canvas."""
        box = self.canvas.bounding_box()
        assert box is not None
        (x1, y1), (x2, y2) = start, end
        self.page.mouse.move(box["x"] + x1 * box["width"], box["y"] + y1 * box["height"])
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + x2 * box["width"], box["y"] + y2 * box["height"], steps=4)
        self.page.mouse.up()

    def draw(self, label: str, start: Point, end: Point) -> None:
        """A box of a class, with its required attribute."""
        for key in ("b", label):
            self.page.keyboard.press(key)
        self.drag(start, end)
        self.page.keyboard.press("q")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def shapes(self) -> Locator:
        return self.page.locator(".te-shape")

    @property
    def item(self) -> str:
        """What the status bar calls the item."""
        found = re.search(r"\S+\.jpg", self.page.locator(".te-status").inner_text())
        return found[0] if found else ""

    def saved(self) -> None:
        expect(self.page.locator("[data-save=saved]")).to_be_visible(timeout=30_000)

    def preloaded(self) -> None:
        expect(self.page.locator(".tl[data-next=ready]")).to_be_visible(timeout=30_000)

    def moves_on(self, before: str) -> None:
        until(lambda: self.item not in ("", before), 30)


@pytest.fixture
def person(plant: Plant) -> Iterator[Person]:
    """An annotator of this journey's own, who hands back what is left."""
    made = plant.annotator()
    yield made
    for work in made.site.get(f"{plant.project}/work/mine"):
        made.site.post(f"{plant.project}/work/{work['lease_id']}/return")


def answers(plant: Plant, person: Person) -> list[dict[str, Any]]:
    """What the server has from a person for good."""
    return list(person.site.get(f"{plant.project}/annotations", person="me")["items"])


def open_lease(plant: Plant, person: Person) -> dict[str, Any]:
    held = person.site.get(f"{plant.project}/work/mine")
    return next(work for work in held if work["state"] == "open")


def test_labels_by_mouse_and_keys(plant: Plant, person: Person, page_as: PageAs, shot: Shot) -> None:
    desk = Desk(page_as(person, "zh", 1440, 900), plant).open()
    desk.draw("6", (0.3, 0.3), (0.5, 0.5))
    expect(desk.shapes).to_have_count(1)
    expect(desk.shapes.first).to_contain_text("划痕")
    size = desk.shapes.first.text_content() or ""
    desk.press("v")
    desk.drag((0.4, 0.4), (0.45, 0.45))
    expect(desk.shapes.first).to_have_text(size)
    desk.drag((0.55, 0.55), (0.6, 0.6))
    expect(desk.shapes.first).not_to_have_text(size)
    desk.press("Control+z")
    expect(desk.shapes.first).to_have_text(size)
    desk.press("Control+Shift+z", "Control+c", "Control+v")
    expect(desk.shapes).to_have_count(2)
    desk.press("2", "w")
    expect(desk.page.locator(".te-segment.te-on")).to_contain_text("中")
    desk.saved()
    desk.preloaded()
    shot(desk.page, "label-zh-1440")
    before = desk.item
    took = desk.page.evaluate(SUBMIT)
    assert took < 1000, f"the next item came after {took} ms"
    desk.moves_on(before)
    until(lambda: len(answers(plant, person)) == 1)
    assert answers(plant, person)[0]["label_count"] == 2
    desk.press("d")
    expect(desk.shapes).to_have_count(2)
    desk.saved()


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1920, 1080), ("en", 1440, 900), ("en", 1920, 1080)])
def test_fits_the_desk(plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int, height: int) -> None:
    desk = Desk(page_as("annotator", language, width, height), plant).open()
    desk.draw("1", (0.3, 0.3), (0.5, 0.5))
    desk.saved()
    shot(desk.page, f"label-{language}-{width}")
    wide = desk.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    desk.page.get_by_role("button", name="跳过" if language == "zh" else "Skip").click()
    desk.page.get_by_role("button", name="不跳过" if language == "zh" else "Only hand it back").click()
    expect(desk.page.get_by_role("heading", name="已退回" if language == "zh" else "Handed back")).to_be_visible()


def test_network_cut_while_drawing(plant: Plant, person: Person, page_as: PageAs, shot: Shot) -> None:
    desk = Desk(page_as(person, "en"), plant).open()
    desk.draw("3", (0.2, 0.2), (0.3, 0.3))
    desk.saved()
    desk.preloaded()
    desk.page.context.set_offline(True)
    desk.draw("3", (0.4, 0.4), (0.5, 0.5))
    expect(desk.page.locator("[data-save=offline]")).to_contain_text("changes kept")
    shot(desk.page, "label-offline-en-1440")
    first = desk.item
    desk.press("Enter")
    desk.moves_on(first)
    desk.draw("4", (0.3, 0.3), (0.4, 0.4))
    desk.page.context.set_offline(False)
    until(lambda: [one["label_count"] for one in answers(plant, person)] == [2], 60)
    desk.saved()
    assert len(open_lease(plant, person)["labels"]) == 1


def test_tab_killed_while_drawing(plant: Plant, person: Person, page_as: PageAs) -> None:
    page = page_as(person, "zh")
    desk = Desk(page, plant).open()
    name = desk.item
    desk.draw("5", (0.2, 0.2), (0.3, 0.3))
    desk.saved()
    page.context.set_offline(True)
    desk.draw("6", (0.4, 0.4), (0.5, 0.5))
    expect(page.locator("[data-save=offline]")).to_be_visible()
    page.close()
    page.context.set_offline(False)
    again = Desk(page.context.new_page(), plant).open()
    assert again.item == name
    expect(again.shapes).to_have_count(2)
    until(lambda: len(open_lease(plant, person)["labels"]) == 2)


def test_session_ends_while_drawing(plant: Plant, person: Person, page_as: PageAs, shot: Shot) -> None:
    desk = Desk(page_as(person, "zh"), plant).open()
    desk.draw("1", (0.2, 0.2), (0.3, 0.3))
    desk.saved()
    for one in person.site.get("/api/v1/me/sessions"):
        if not one["current"]:
            person.site.delete(f"/api/v1/me/sessions/{one['id']}")
    desk.draw("2", (0.4, 0.4), (0.5, 0.5))
    field = desk.page.locator("input[type=password]")
    expect(field).to_be_visible()
    expect(desk.page.locator("[data-save=signed_out]")).to_be_visible()
    shot(desk.page, "label-signed-out-zh-1440")
    field.fill(PASSWORD)
    field.press("Enter")
    expect(field).to_have_count(0)
    desk.saved()
    expect(desk.shapes).to_have_count(2)
    assert len(open_lease(plant, person)["labels"]) == 2


def test_lease_lost_while_drawing(plant: Plant, person: Person, page_as: PageAs, shot: Shot) -> None:
    desk = Desk(page_as(person, "en"), plant).open()
    name = desk.item
    desk.draw("1", (0.2, 0.2), (0.3, 0.3))
    desk.saved()
    lease = open_lease(plant, person)["lease_id"]
    person.site.post(f"{plant.project}/work/{lease}/return")
    desk.draw("2", (0.4, 0.4), (0.5, 0.5))
    go_on = desk.page.get_by_role("button", name="Go on with this item")
    expect(go_on).to_be_visible()
    shot(desk.page, "label-lost-en-1440")
    go_on.click()
    expect(go_on).to_have_count(0)
    expect(desk.shapes).to_have_count(2)
    assert desk.item == name
    desk.page.keyboard.press("Enter")
    until(lambda: [one["label_count"] for one in answers(plant, person)] == [2], 40)


def test_says_what_stands_in_the_way(plant: Plant, page_as: PageAs, shot: Shot) -> None:
    page = page_as("newcomer", "en")
    page.goto(f"/projects/{plant.project_id}/label")
    expect(page.get_by_role("link", name="Learn and take the exam")).to_be_visible()
    shot(page, "label-unqualified-en-1440")


def test_one_tab_at_a_time(plant: Plant, person: Person, page_as: PageAs) -> None:
    first = Desk(page_as(person, "zh"), plant).open()
    second = first.page.context.new_page()
    second.goto(f"/projects/{plant.project_id}/label")
    take = second.get_by_role("button", name="在这里接着做")
    take.click()
    expect(second.locator(".tl[data-phase=working]")).to_be_visible()
    expect(first.page.get_by_role("button", name="在这里接着做")).to_be_visible()


def test_rework_shows_the_findings(plant: Plant, page_as: PageAs, shot: Shot) -> None:
    desk = Desk(page_as("annotator2", "zh"), plant).open()
    shot(desk.page, "label-rework-zh-1440")
    expect(desk.page.locator(".tl-rework")).to_contain_text("返工")
