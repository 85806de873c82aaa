"""A first project in the browser, from the one-time link of an empty server to a version, an archive and a model.

It is the user guide `docs/guides/first-project.md` as a test: each step ends with its picture in both languages.
With TONGGUAN_GUIDE=1 the pictures of the guide are written anew.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.browse import choose, draw_box, settle, switch_language
from tests.journeys.conftest import ROOT, SCREENSHOTS
from tests.journeys.plant import PASSWORD, Person, Plant, served, until
from tongguan.cli.simulation.site import Site
from tongguan.industries.steel_plates import LABEL_SET
from tongguan.industries.steel_plates.series import write_plates

pytestmark = pytest.mark.journey
IMAGES = ROOT / "docs" / "guides" / "images"
GUIDE = os.environ.get("TONGGUAN_GUIDE") == "1"
MOST_BYTES = 120_000
PLATE = (640, 480)


class Story:
    """The empty server and the people who come to it, each with a browser of their own."""

    def __init__(self, folder: Path, address: str, link: str, browser: Browser) -> None:
        self.folder, self.link, self.browser = folder, link, browser
        self.plant = Plant(address, folder / "data")
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        """A person's page; a new browser at first."""
        if who not in self.pages:
            context = self.browser.new_context(
                base_url=self.plant.address, viewport={"width": 1440, "height": 900}, timezone_id="Asia/Shanghai"
            )
            context.add_init_script("localStorage.tg_language ??= 'zh'")
            self.contexts.append(context)
            self.pages[who] = context.new_page()
            self.pages[who].set_default_timeout(30_000)
        return self.pages[who]

    def goto(self, who: str, path: str) -> Page:
        """A page of the project."""
        page = self.page(who)
        page.goto(f"/projects/{self.plant.project_id}{path}")
        settle(page)
        return page

    def known(self, role: str, email: str) -> None:
        """Lets the simulation act for a person who has just joined."""
        self.plant.people[role] = Person(role, email, Site.signed_in(self.plant.address, role, email, PASSWORD))

    def picture(self, who: str, name: str) -> None:
        """The picture of a step in Chinese and English; the page is in Chinese before and after."""
        page = self.page(who)
        for language in ("zh", "en"):
            path = SCREENSHOTS / f"guide-{name}-{language}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, animations="disabled")
            if GUIDE:
                shrink(path, IMAGES / f"{name}-{language}.png")
            switch_language(page)


def shrink(path: Path, target: Path) -> None:
    """A picture for the guide: at most 1,000 px wide, few colours, at most 120 kB."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for width in (1000, 860, 720, 600):
        image = Image.open(path).convert("RGB")
        if image.width > width:
            image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
        image.quantize(colors=128, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            return
    raise AssertionError(f"{target.name} is larger than {MOST_BYTES} bytes")


@pytest.fixture(scope="module")
def story(browser: Browser) -> Iterator[Story]:
    """A server where nobody has been yet."""
    folder = Path(tempfile.mkdtemp(prefix="tongguan-first-"))
    folder.chmod(0o755)
    try:
        with served(folder) as (address, link):
            told = Story(folder, address, link, browser)
            yield told
            for context in told.contexts:
                context.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_owner_makes_a_project(story: Story) -> None:
    page = story.page("owner")
    page.goto(story.link)
    page.get_by_label("单位名称").fill("一号轧线")
    page.get_by_label("邮箱").fill("owner@mill.example")
    page.get_by_label("姓名").fill("马厂长")
    page.get_by_label("新密码").fill(PASSWORD)
    story.picture("owner", "01-first-link")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_text("还没有项目")).to_be_visible()
    story.known("owner", "owner@mill.example")
    page.get_by_role("button", name="新建项目").click()
    page.get_by_label("项目名称").fill("钢板缺陷")
    page.get_by_label("说明").fill("热轧钢板表面六类缺陷，框标注。")
    page.get_by_role("dialog").get_by_role("button", name="新建项目").click()
    expect(page.locator(".tg-gate")).to_have_count(5)
    story.plant.project_id = page.url.rsplit("/", 1)[1]
    story.picture("owner", "02-map")


def test_people_join_by_their_link(story: Story) -> None:
    page = story.goto("owner", "/members")
    page.get_by_placeholder("姓名").fill("孙训练师")
    page.get_by_placeholder("邮箱").fill("trainer@mill.example")
    form = page.locator("form").filter(has=page.get_by_placeholder("邮箱"))
    choose(page, form.locator(".ant-select").nth(1), "钢板缺陷")
    choose(page, form.locator(".ant-select").nth(2), "训练师")
    page.keyboard.press("Escape")
    form.get_by_role("button", name="邀请").click()
    link = page.locator(".tg-note code")
    expect(link).to_contain_text("/link#")
    story.picture("owner", "03-invite")

    guest = story.page("trainer")
    guest.goto(link.inner_text())
    expect(guest.get_by_text("一号轧线 邀请你加入")).to_be_visible()
    guest.get_by_label("新密码").fill(PASSWORD)
    guest.get_by_role("button", name="进入").click()
    guest.get_by_role("heading", name="钢板缺陷").click()
    expect(guest.get_by_role("link", name="导入数据").first).to_be_visible()
    story.known("trainer", "trainer@mill.example")

    page.reload()
    row = page.get_by_role("row").filter(has_text="trainer@mill.example")
    choose(page, row.locator(".ant-select"), "项目经理")
    expect(row.get_by_text("项目经理", exact=True).first).to_be_visible()
    until(lambda: "manager" in story.plant.site("trainer").get("/api/v1/me")["projects"][0]["roles"])
    for role, name, level in (("inspector", "何质检", 4), ("annotator", "周建国", 2), ("client", "钢厂客户", 1)):
        story.plant.invite(role, name, level, [role])


def test_the_trainer_imports_pictures(story: Story) -> None:
    folder = story.folder / "plates"
    for picture in write_plates(folder, 24, 7, flaws={"duplicate": 1}, size=PLATE):
        story.plant.truth[picture.name] = [one.model_dump(mode="json", exclude_none=True) for one in picture.labels]
    archive = story.folder / "plates.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(path for path in folder.rglob("*") if path.suffix in (".jpg", ".png")):
            packed.write(file, file.name)
    page = story.goto("trainer", "/data?import=1")
    page.get_by_test_id("files").first.set_input_files(archive)
    expect(page.get_by_text("已到达")).to_be_visible()
    page.get_by_label("批次名称").fill("一号线 11 月第一批")
    page.get_by_label("许可", exact=True).fill("自有")
    story.picture("trainer", "04-import")
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("完成").first).to_be_visible(timeout=90_000)
    page = story.goto("trainer", "/data?view=problems&check=duplicate")
    story.picture("trainer", "05-problems")
    page.get_by_role("button", name="拒收全部 1 个").click()
    expect(page.get_by_text("没有待处理的问题")).to_be_visible()
    page = story.goto("trainer", "")
    expect(page.locator("[data-gate='1']")).to_have_attribute("data-state", "open")


def test_the_trainer_publishes_rules(story: Story) -> None:
    page = story.goto("trainer", "/rules")
    page.get_by_role("button", name="载入").first.click()
    expect(page.locator(".tg-draft")).to_be_visible()
    story.picture("trainer", "06-rules")
    page.get_by_label("告诉大家改了什么").fill("第一版规则")
    page.get_by_role("button", name="发布 v1.0").click()
    expect(page.get_by_text("当前 v1.0")).to_be_visible()
    trainer, project = story.plant.site("trainer"), story.plant.project
    settings = trainer.get(project)["settings"]
    settings["academy"] |= {"practice_count": 2, "exam_count": 3, "pass_mark": 0.6, "iou": 0.4}
    story.plant.site("owner").put(f"{project}/settings", settings)
    items = [one for one in trainer.pages(f"{project}/items", state="ok", limit=200) if story.plant.truth[one["name"]]]
    for item, use in zip(items, ["practice", "practice", "exam", "exam", "exam"], strict=False):
        known = {"item_id": item["id"], "use": use, "labels": story.plant.truth[item["name"]]}
        trainer.post(f"{project}/gold", known)
    page = story.goto("trainer", "/quality")
    gold = page.locator("#gold")
    gold.scroll_into_view_if_needed()
    expect(gold.get_by_role("row")).to_have_count(6)
    story.picture("trainer", "07-gold")


def test_the_annotator_qualifies_and_labels(story: Story) -> None:
    plant = story.plant
    page = story.goto("trainer", "/tasks")
    page.get_by_role("button", name="生成任务").first.click()
    page.get_by_role("button", name="生成", exact=True).click()
    expect(page.get_by_text(re.compile(r"生成了 \d+ 个任务"))).to_be_visible()
    story.picture("trainer", "08-tasks")
    page = story.page("annotator")
    page.goto("/login")
    page.get_by_label("邮箱").fill(plant.people["annotator"].email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="钢板缺陷")).to_be_visible()
    page = story.goto("annotator", "/learn")
    story.picture("annotator", "09-learn")
    page.get_by_role("button", name="我读完了").click()
    page.get_by_role("button", name="开始练习").wait_for()
    worker = plant.worker("annotator")
    assert worker.study()
    claim = f"{plant.project}/work/claim"
    while not plant.truth[(work := worker.site.post(claim, {"slot": "open"}))["item"]["name"]]:
        worker.submit(work, [])  # sound plates: the picture shall show a defect
    page = story.goto("annotator", "/learn")
    page.get_by_role("link", name="可以开始标注了").click()
    expect(page.locator(".te-canvas")).to_be_visible()
    expect(page.locator(".te-loading")).to_have_count(0)
    _draw_the_first_defect(page, plant)
    story.picture("annotator", "10-label")
    assert worker.work(30) >= 12
    page = story.goto("annotator", "/today")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    story.picture("annotator", "11-today")


def _draw_the_first_defect(page: Page, plant: Plant) -> None:
    """The plate lies in the middle of the canvas, magnified as the line below says."""
    canvas = page.locator(".te-canvas").bounding_box()
    status = page.locator(".te-status").inner_text()
    name, zoom = re.search(r"plate\S+\.(jpg|png)", status), re.search(r"(\d+)\s?%", status)
    assert canvas is not None
    assert name is not None
    assert zoom is not None
    labels, scale = plant.truth[name[0]], int(zoom[1]) / 100
    first = labels[0]

    def share(x: float, y: float) -> tuple[float, float]:
        left, top = (x - PLATE[0] / 2) * scale, (y - PLATE[1] / 2) * scale
        return 0.5 + left / canvas["width"], 0.5 + top / canvas["height"]

    start, end = share(first["x"], first["y"]), share(first["x"] + first["width"], first["y"] + first["height"])
    keys = {entry.key: entry.hotkey for entry in LABEL_SET}
    draw_box(page, keys[first["label"]], start, end, "w")
    expect(page.locator(".te-shape")).to_have_count(1)


def test_the_inspector_reviews(story: Story) -> None:
    plant = story.plant
    lots = f"{plant.project}/lots"
    until(lambda: sum(int(lot["size"]) for lot in plant.site("trainer").get(lots)) >= 15)
    page = story.goto("trainer", "/quality")
    page.get_by_role("button", name="现在收批").click()
    page.locator(".ant-popover").get_by_role("button", name="现在收批").click()
    expect(page.get_by_text("抽检中").first).to_be_visible()
    page = story.page("inspector")
    page.goto("/login")
    page.get_by_label("邮箱").fill(plant.people["inspector"].email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="钢板缺陷")).to_be_visible()
    page = story.goto("inspector", "/review")
    expect(page.locator(".tg-judge")).to_be_visible()
    expect(page.locator(".te-loading")).to_have_count(0)
    story.picture("inspector", "12-review")
    inspector = plant.inspector()
    inspector.fix_share = 1
    inspector.review()
    until(lambda: all(lot["state"] in ("accepted", "screened") for lot in plant.site("trainer").get(lots)))
    page = story.goto("trainer", "")
    expect(page.locator("[data-gate='3']")).to_have_attribute("data-state", "open")


def test_a_version_is_frozen_and_downloaded(story: Story) -> None:
    page = story.goto("trainer", "/datasets")
    page.get_by_role("button", name="冻结版本").click()
    panel = page.locator(".ant-popover")
    panel.get_by_label("备注").fill("第一次交付")
    panel.get_by_role("button", name="冻结版本").click()
    page.get_by_role("link", name="v1", exact=True).click(timeout=60_000)
    page.get_by_role("button", name="生成 COCO").click()
    download = page.get_by_role("link", name="下载")
    expect(download).to_be_visible(timeout=60_000)
    story.picture("trainer", "13-version")
    with page.expect_download() as waiting:
        download.click()
    with zipfile.ZipFile(BytesIO(Path(waiting.value.path()).read_bytes())) as packed:
        assert packed.testzip() is None
        assert any(name.endswith(".json") for name in packed.namelist())
        assert sum(name.endswith((".jpg", ".png")) for name in packed.namelist()) >= 15


def test_a_first_model_is_trained(story: Story) -> None:
    page = story.goto("trainer", "/models")
    page.get_by_label("分钟").fill("0.5")
    page.get_by_role("button", name="开始训练").click()
    expect(page.get_by_text("训练中").first).to_be_visible(timeout=60_000)
    if GUIDE:
        expect(page.get_by_role("heading", name="模型版本")).to_be_visible(timeout=400_000)
    story.picture("trainer", "14-model")
    if not GUIDE:
        run = story.plant.site("trainer").get(f"{story.plant.project}/runs")[0]
        story.plant.site("trainer").post(f"{story.plant.project}/runs/{run['id']}/cancel")
