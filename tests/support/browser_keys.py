"""Getting around a page by keyboard."""

from playwright.sync_api import Page

from tests.support.browser import settle

MOST_STEPS = 120
FOCUSED_NAME = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is so called (or begins so) has the focus. What a run of the page is about to draw is
    waited for: Tab does not pass it a second time."""
    settle(page)
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED_NAME).startswith(name):
            return
    raise AssertionError(f"Tab does not lead to '{name}'.")
