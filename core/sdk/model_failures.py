"""What the SDK complains about in a model's answer, in words."""

import re

from core.sdk.api_failures import ApiError, Failure, api_failure
from core.sdk.redaction import redact

_UNKNOWN_TOOL = re.compile(r"^Tool (?P<tool>\S+) not found in agent (?P<agent>.+)$", re.DOTALL)
_TERMINAL = re.compile(r"terminal event `(?P<event>[\w.]+)`")
_CODE = re.compile(r"\bcode='?(?P<code>\w+)'?")
_TEXT = re.compile(
    r"""message=(?:'(?P<one>.*?)'|"(?P<two>.*?)")\)|message=(?P<bare>[^'"].*?)(?:; param=|\.$)""", re.DOTALL
)
_INVALID_OUTPUT = ("Invalid JSON when parsing", "does not fit its output schema", "should have answered in JSON")
_NO_OUTPUT = "no final output for the structured output type"
_SHOWN = 400


def behavior_failure(text: str) -> Failure:
    """What a `ModelBehaviorError` with that text means."""
    if found := _UNKNOWN_TOOL.match(text):
        return Failure(
            "unknown_tool",
            f"The model called a tool '{found['tool']}' that agent '{found['agent']}' does not have.",
            "Name the agent's tools in its instructions, add the tool, or choose a more capable model.",
        )
    if any(start in text for start in _INVALID_OUTPUT) or _NO_OUTPUT in text:
        return _invalid_output(text)
    if _TERMINAL.search(text):
        return _terminal(text)
    if "finish_reason='length'" in text:
        return output_cut()
    if "did not produce a final response" in text or "without a finish" in text:
        return Failure(
            "stream_cut",
            "The provider ended the stream before the answer was complete.",
            "Run again. If it happens often, look into the provider's log, or try another model.",
        )
    return Failure(
        "model_behavior",
        f"The model's answer cannot be used: {text[:_SHOWN]}",
        "Run again; if it stays so, choose a more capable model or the provider's other API.",
    )


def output_cut() -> Failure:
    """The model ran out of the tokens that it may write."""
    return Failure(
        "output_cut",
        "The model used up the tokens that it may write before its answer was complete.",
        "Raise 'max tokens' in the agent's model settings, lower the reasoning effort, or ask for less.",
    )


def content_filtered() -> Failure:
    """The provider's filter held the answer back."""
    return Failure(
        "content_filtered",
        "The provider's content filter held the answer back.",
        "Rephrase the input or the instructions, or choose another model.",
    )


def malformed(text: str) -> Failure:
    """The bytes of an answer could not be read."""
    return Failure(
        "malformed_response",
        f"The provider sent an answer that cannot be read: {redact(text)[:200]}",
        "Run again. If it stays so, check the base URL and the chosen API with 'Test connection'.",
    )


def _invalid_output(text: str) -> Failure:
    if _NO_OUTPUT in text:
        text = "The model gave no answer where its output schema asks for one."
    elif text.startswith("Invalid JSON when parsing"):
        text = f"The model's answer does not fit its output schema: {text[:_SHOWN]}"
    return Failure(
        "invalid_output",
        text[: 2 * _SHOWN],
        "Describe the wanted fields in the instructions, simplify the schema, or choose a model that supports "
        "structured output.",
    )


def _terminal(text: str) -> Failure:
    """A Responses stream that ended with `failed`, `incomplete` or `error`."""
    if "max_output_tokens" in text:
        return output_cut()
    if "content_filter" in text:
        return content_filtered()
    code = _CODE.search(text)
    said = _TEXT.search(text)
    if code is None and said is None:
        # Only how the answer ended is known.
        return output_cut() if "response.incomplete" in text else _by_kind("server_error")
    words = next((part for part in said.groups() if part), "") if said else ""
    return _by_kind(code["code"].lower() if code else "", words)


def _by_kind(kind: str, text: str = "") -> Failure:
    return api_failure(ApiError("The provider", None, text, kind))
