"""Tools and guardrails at design time: what a server offers, a function takes, a pattern finds."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core.organization.spec import (
    JsonObject,
    KeywordGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    RegexGuardrailSpec,
)
from core.toolbox import ToolboxEntry as ToolboxEntry
from core.toolbox import toolbox

if TYPE_CHECKING:
    from core.sdk.text_search import TextSearch


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """A tool as a model will see it."""

    name: str
    description: str
    parameters: JsonObject
    """JSON schema (an object) of the arguments."""
    read_only: bool = False
    """A server's own claim that the tool changes nothing; a hint, not a proof."""


class ToolService:
    """Look at tools before a run uses them. The Agents SDK is imported when it is first needed."""

    def toolbox(self) -> list[ToolboxEntry]:
        """The functions to choose from, grouped by module."""
        return toolbox()

    def describe_function(self, reference: str) -> ToolFacts:
        """What `module:function` is and takes. Imports the module. Raises ToolImportError."""
        return _described(reference)

    def list_mcp_tools(self, spec: McpStdioToolSpec | McpHttpToolSpec) -> list[ToolFacts]:
        """All tools that a server offers, also those that the spec leaves out; takes up to its time limit. Raises
        TroupeError, saying why the server cannot be asked."""
        from core.sdk.mcp_tools import list_mcp_tools

        offered = asyncio.run(list_mcp_tools(spec))
        return [ToolFacts(tool.name, tool.description, tool.parameters, tool.read_only) for tool in offered]

    def try_guardrail(self, guardrail: RegexGuardrailSpec | KeywordGuardrailSpec, text: str) -> str | None:
        """What the guardrail would find in a text, None when it passes. Raises InvalidSpecError for a pattern that
        cannot be read, and TimeoutError when the pattern takes too long."""
        return asyncio.run(_found(_search(guardrail), text))


@lru_cache(maxsize=256)
def _described(reference: str) -> ToolFacts:
    from core.sdk.function_tools import describe_function

    found = describe_function(reference)
    return ToolFacts(found.name, found.description, found.parameters)


async def _found(search: "TextSearch", text: str) -> str | None:
    return await search(text)


def _search(guardrail: RegexGuardrailSpec | KeywordGuardrailSpec) -> "TextSearch":
    from core.sdk.text_search import keyword_search, pattern_search

    match guardrail:
        case RegexGuardrailSpec():
            return pattern_search(guardrail.pattern, ignore_case=guardrail.ignore_case, name=guardrail.name)
        case KeywordGuardrailSpec():
            return keyword_search(guardrail.keywords)
