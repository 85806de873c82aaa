"""The label page: drawing by mouse and keys, and every way in which work could be lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PageAs, Shot
from tests.journeys.plant import Person, Plant

pytestmark = pytest.mark.journey


def open_label(page: Page, plant: Plant) -> Locator:
    """Goes to the label page; gives the picture, ready to draw on."""
    page.goto(f"/projects/{plant.project_id}/label")
    canvas = page.locator(".te-canvas")
    expect(page.locator(".tl[data-phase=working]")).to_be_visible()
    expect(page.locator(".te-loading")).to_have_count(0)
    return canvas


def drag(page: Page, canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws from one place to another, in shares of the canvas."""
    box = canvas.bounding_box()
    assert box is not None
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + start[0] * width, y + start[1] * height)
    page.mouse.down()
    page.mouse.move(x + end[0] * width, y + end[1] * height, steps=4)
    page.mouse.up()


def rows(page: Page) -> Locator:
    """The list of shapes."""
    return page.locator(".te-shape")


def answers(plant: Plant, person: Person) -> list[dict[str, object]]:
    """What the server has from a person."""
    return list(person.site.get(f"{plant.project}/annotations", person="me")["items"])


def test_labels_by_mouse_and_keys(plant: Plant, page_as: PageAs, shot: Shot) -> None:
    person = plant.annotator()
    page = page_as(person, "zh", 1440, 900)
    canvas = open_label(page, plant)
    name = page.locator(".te-status").inner_text()
    page.keyboard.press("b")
    page.keyboard.press("6")
    drag(page, canvas, (0.3, 0.3), (0.5, 0.5))
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("q")
    drag(page, canvas, (0.6, 0.3), (0.7, 0.4))
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("2")
    page.keyboard.press("w")
    shot(page, "label-zh-1440")
