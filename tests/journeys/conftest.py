"""Fixtures of the browser journeys: one server and one Chromium for all, a page for each."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import tongguan.api
from tests.journeys.plant import PASSWORD, Person, Plant, build, served

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PageAs = Callable[..., Page]
Shot = Callable[[Page, str], Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first journey waits for a server that is filled: minutes where many others run at the same time."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def plant() -> Iterator[Plant]:
    """The running server with its project."""
    index = Path(str(tongguan.api.__file__)).parent / "web" / "index.html"
    if not index.exists():
        pytest.fail("the web pages are not built: run `make web`")
    # Not pytest's own folder: it is closed to the user that PostgreSQL runs as when the tests run as root.
    folder = Path(tempfile.mkdtemp(prefix="tongguan-plant-"))
    folder.chmod(0o755)
    try:
        with served(folder) as (address, link):
            yield build(address, link, folder / "data")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from TONGGUAN_CHROMIUM, else where Debian puts it."""
    program = os.environ.get("TONGGUAN_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    expect.set_options(timeout=20_000)  # a machine with few cores that is busy
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page_as(plant: Plant, browser: Browser) -> Iterator[PageAs]:
    """`page_as(role_or_person, language="zh", width=1440, height=900)`: a page of its own where they are signed in.

    `page_as(None)` is signed in as nobody. A page that raised an exception fails the test at its end.
    """
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(who: str | Person | None, language: str = "zh", width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(
            base_url=plant.address,
            viewport={"width": width, "height": height},
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
        )
        opened.append(context)
        context.add_init_script(
            f"if (!localStorage.getItem('tg_language')) localStorage.setItem('tg_language', '{language}')"
        )
        if who is not None:
            person = plant.people[who] if isinstance(who, str) else who
            answer = context.request.post("/api/v1/auth/login", data={"email": person.email, "password": PASSWORD})
            assert answer.ok, answer.text()
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def shot() -> Shot:
    """`shot(page, name)` writes build/screenshots/<name>.png; `name` says page, language and width."""

    def take(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, animations="disabled")
        return path

    return take
