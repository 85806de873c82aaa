"""A walk over every page of `web/src/app/routes.tsx`, in both languages, on the desk and on a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response

from tests.journeys.browse import settle, wide
from tests.journeys.conftest import ROOT, PageAs, Shot
from tests.journeys.plant import Plant

pytestmark = pytest.mark.journey

# Who walks to a page; the owner, who may open everything, to those that are not named.
WALKERS = {
    "/login": None,
    "/link": None,
    "/projects/:project/today": "annotator",
    "/projects/:project/today/work": "annotator",
    "/projects/:project/label": "annotator",
    "/projects/:project/learn": "newcomer",
    "/projects/:project/review": "inspector",
    "/projects/:project/rules": "trainer",
    "/projects/:project/datasets": "client",
    "/projects/:project/datasets/:version": "client",
    "/projects/:project/models": "engineer",
    "/projects/:project/models/:model": "engineer",
    "/projects/:project/evaluations": "engineer",
    "/projects/:project/tasks": "manager",
    "/projects/:project/gold/:item": "trainer",
    "/projects/:project/line/:deployment/console": "operator",
    "/projects/:project/line/:deployment": "trainer",
}
KINDS = [(language, width) for language in ("zh", "en") for width in (1440, 390)]
RAW_KEY = re.compile(r"\b[a-z]+\.[a-z_]+\.[a-z_]+\b")
HOLE = re.compile(r"\{\{|undefined|\bNaN\b|\[object")


def addresses() -> list[str]:
    """The routes as the program has them, without the one for unknown addresses."""
    text = (ROOT / "web/src/app/routes.tsx").read_text(encoding="utf-8")
    found = re.findall(r'^  "(/[^"]*)":', text, re.MULTILINE)
    assert len(found) > 15
    return [*found, "/no/such/page"]


def first_parts() -> re.Pattern[str]:
    """What the keys of texts begin with: such a word with a dot behind it is a text that is missing."""
    names: set[str] = set()
    for file in (ROOT / "web/src/i18n/zh").glob("*.ts"):
        names |= set(re.findall(r"^  (\w+): \{", file.read_text(encoding="utf-8"), re.MULTILINE))
    return re.compile(rf"(?<![\w@./-])({'|'.join(sorted(names))})\.[A-Za-z_]\w*(\.\w+)*\b")


@dataclass
class Watch:
    """What a browser complained of since it was last asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 40" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        # Nobody is asked to sign in on a page for nobody: /me says 401 there.
        if response.status >= 500 or (response.status >= 400 and "/api/v1/me" not in response.url):
            self.complaints.append(f"{response.status} {response.url}")

    def take(self) -> list[str]:
        """The complaints, which are then forgotten."""
        taken, self.complaints = self.complaints, []
        return taken


def faults(page: Page, raw: re.Pattern[str]) -> list[str]:
    """What is wrong with the text and the width of what is on the screen."""
    # A program's name, such as that of a model's example, only looks like a key of a translation.
    text = re.sub(r"\b\w+\.py\b", "", page.locator("body").inner_text())
    found = [f"text: {match[0]}" for match in raw.finditer(text)]
    found += [f"text: {match[0]}" for match in RAW_KEY.finditer(text) if "@" not in text[: match.start()][-20:]]
    found += [f"text: …{text[max(0, match.start() - 30) : match.end() + 30]}…" for match in HOLE.finditer(text)]
    if len(text.strip()) < 20:
        found.append("the page is empty")
    return [*found, *filter(None, [wide(page)])]


@pytest.mark.parametrize(("language", "width"), KINDS, ids=[f"{language}-{width}" for language, width in KINDS])
def test_no_page_is_broken(plant: Plant, page_as: PageAs, shot: Shot, language: str, width: int) -> None:
    pages: dict[str | None, tuple[Page, Watch]] = {}
    raw, bad = first_parts(), []
    item = next(plant.site("trainer").pages(f"{plant.project}/items", state="ok", limit=1))["id"]
    annotation = next(plant.site("trainer").pages(f"{plant.project}/annotations", state="accepted", limit=1))["id"]
    first, second = plant.evaluations[:2]
    rule = plant.site("trainer").get(f"{plant.project}/rules/versions")["items"][0]["id"]
    real = {
        ":project": plant.project_id,
        ":version": "1",
        ":item": item,
        ":annotation": annotation,
        ":model": plant.site("engineer").get(f"{plant.project}/models")[0]["id"],
        ":evaluation": first,
        ":other": second,
        ":deployment": plant.deployment,
        ":prediction": plant.answers[0],
        ":rule": rule,
    }
    for route in addresses():
        who = WALKERS.get(route, "owner")
        if who not in pages:
            opened = page_as(who, language, width, 900 if width > 1000 else 844)
            pages[who] = (opened, Watch(opened))
        page, watch = pages[who]
        page.goto(re.sub(r":\w+", lambda part: real[part[0]], route))
        settle(page)
        name = route.strip("/").replace(":", "").replace("/", "_") or "projects"
        shot(page, f"page-{name}-{language}-{width}")
        bad += [f"{route} ({who}): {fault}" for fault in [*watch.take(), *faults(page, raw)]]
    assert not bad, "\n".join(bad)
