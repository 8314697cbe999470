"""The live chat as a person reads it."""

import re

from playwright.sync_api import Locator, Page, expect

from core.bootstrap import Core


class ChatOnPage:
    """The conversation of the Run page, or of one variant (`within`) of the Compare page."""

    def __init__(self, page: Page, within: Locator | None = None) -> None:
        self._page = page
        self.log = (within or page).get_by_role("log", name="Conversation")

    @property
    def field(self) -> Locator:
        return self._page.get_by_test_id("stChatInputTextArea")

    def say(self, text: str) -> Locator:
        """Send a message; gives the run that it starts."""
        expect(self.field).to_be_enabled()
        self.field.fill(text)
        self.field.press("Enter")
        return self.run(text)

    def press_sample(self, text: str) -> Locator:
        """Press one of the offered inputs; gives the run that it starts."""
        self._page.get_by_role("button", name=text).click()
        return self.run(text)

    def run(self, input: str) -> Locator:
        """A run by the beginning of its input."""
        return self.log.get_by_role("region", name=f"Run: {input[:60]}")


def messages(run: Locator) -> Locator:
    """What agents said in it, without those that said nothing."""
    return run.locator("article:not(.silent)")


def tool_card(run: Locator, tool: str) -> Locator:
    return run.locator("details.tool").filter(has=run.page.locator(".tool-name", has_text=tool))


def approval_card(run: Locator, tool: str) -> Locator:
    return run.get_by_role("region", name=f"Approval of {tool}")


def expect_status(run: Locator, words: str) -> None:
    """The run's last line says so: `Completed`, `Waiting for a decision`, `Cancelled`."""
    expect(run.locator("footer")).to_contain_text(words)


def words_said(run: Locator) -> list[list[str]]:
    """The words of each message, without markdown."""
    return [words(text) for text in messages(run).locator(".text").all_inner_texts()]


def words(text: str) -> list[str]:
    """Words without the marks of markdown, of which only the numbers of lists look like words."""
    return re.findall(r"\w+", re.sub(r"(?m)^\s*\d+\.\s", "", text))


def words_stored(core: Core, run_id: str) -> list[list[str]]:
    """The words of each model answer as stored, without those that said nothing."""
    events = core.runs.events(run_id)
    texts = [event.data["text"] for event in events if event.kind == "model_call_completed"]
    return [words(text) for text in texts if text]
