"""The first thing people see: signing in, and the project's map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PageAs
from tests.journeys.plant import PASSWORD, Plant

pytestmark = pytest.mark.journey


def test_signs_in_and_finds_the_project(plant: Plant, page_as: PageAs) -> None:
    page = page_as(None, "zh")
    page.goto(f"/projects/{plant.project_id}")
    expect(page).to_have_url(re.compile(r"/login\?to="))
    page.get_by_label("邮箱").fill(plant.people["trainer"].email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(rf"/projects/{plant.project_id}$"))
    expect(page.get_by_text("钢板缺陷").first).to_be_visible()
