"""What people do on many pages: choose from a list, switch the language, wait until a page has settled."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def settle(page: Page) -> None:
    """Waits until the page has asked for all it needs and shows no waiting sign."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".ant-spin-dot, .ant-skeleton-active")).to_have_count(0)


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
