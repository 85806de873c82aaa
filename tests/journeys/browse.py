"""What people do on many pages: choose from a list, switch the language, wait until a page has settled."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

CALM = """async () => {
  const busy = () =>
    !document.querySelector('h1, h2, .te') ||
    document.querySelector('.ant-spin-dot, .ant-skeleton-active, .te-loading');
  for (let calm = 0, before = -1, turn = 0; turn < 600; turn++) {
    await new Promise((later) => setTimeout(later, 100));
    const asked = performance.getEntriesByType('resource').length;
    calm = !busy() && asked === before ? calm + 1 : 0;
    before = asked;
    if (calm === 4) return true;
  }
  return false;
}"""


def settle(page: Page) -> None:
    """Waits until the page shows something, asks for nothing more and has no waiting sign left."""
    assert page.evaluate(CALM), f"{page.url} goes on loading"


def choose(page: Page, field: Locator, option: str) -> None:
    """Opens a list and takes the entry that is called so."""
    field.click()
    page.locator(".ant-select-item-option:visible").get_by_text(option, exact=True).click()


def switch_language(page: Page) -> None:
    """The button of the language, also while a panel lies over it; a full-screen page without one is loaded anew."""
    pressed = page.evaluate(
        """() => {
             const button = [...document.querySelectorAll('button')].find((one) => /^中 . EN$/.test(one.textContent));
             if (button) button.click();
             else localStorage.tg_language = localStorage.tg_language === 'zh' ? 'en' : 'zh';
             return Boolean(button);
           }"""
    )
    if not pressed:
        page.reload()
        settle(page)


def wide(page: Page) -> str:
    """Empty, or how far the page scrolls sideways."""
    whole, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return f"scrolls sideways: {whole} px on {seen} px" if whole > seen else ""


def draw_box(page: Page, key: str, start: tuple[float, float], end: tuple[float, float], attribute: str = "q") -> None:
    """Draws a box of the class with this key, from one place to another in shares of the canvas."""
    box = page.locator(".te-canvas").bounding_box()
    assert box is not None
    page.keyboard.press("b")
    page.keyboard.press(key)
    page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=4)
    page.mouse.up()
    page.keyboard.press(attribute)
