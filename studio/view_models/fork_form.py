"""What a person changes in a fork, and how that differs from the run that is forked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.records import ForkChanges, ForkPoint
from studio.view_models.run_rows import one_line

PREVIEW = 70


@dataclass(frozen=True, slots=True)
class ForkEdits:
    """What the fields hold."""

    input: str
    instructions: str | None = None
    """None where there is no such field."""
    model: str = ""
    """A reference; empty for the one that it was."""
    for_all: bool = False
    """Whether all agents use that model."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """By the id of the tool call."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is changed: its name, and the texts before and after."""

    name: str
    before: str
    after: str


def fork_changes(point: ForkPoint, edits: ForkEdits) -> ForkChanges:
    """Only what differs from the run as it was."""
    were = {each.call_id: each.output for each in point.outputs}
    told_otherwise = edits.instructions is not None and edits.instructions != point.instructions
    return ForkChanges(
        input=None if edits.input == point.input else edits.input,
        instructions={point.agent: str(edits.instructions)} if told_otherwise else {},
        models={point.agent: edits.model} if edits.model and not edits.for_all else {},
        model=edits.model if edits.model and edits.for_all else None,
        tool_outputs={call: text for call, text in edits.outputs.items() if text != were[call]},
        message=edits.message.strip(),
    )


def differences(point: ForkPoint, changes: ForkChanges) -> list[Difference]:
    """What is changed, each with how it was."""
    found = [
        Difference(f"Instructions of {agent}", point.instructions or "", text)
        for agent, text in changes.instructions.items()
    ]
    found += [Difference(f"Model of {agent}", point.model, model) for agent, model in changes.models.items()]
    if changes.model is not None:
        found.append(Difference("Model of all agents", point.model, changes.model))
    if changes.input is not None:
        found.append(Difference("Input", point.input, changes.input))
    found += [
        Difference(f"Output of {each.tool}", each.output, changes.tool_outputs[each.call_id])
        for each in point.outputs
        if each.call_id in changes.tool_outputs
    ]
    return found + ([Difference("Added message", "", changes.message)] if changes.message else [])


def preview(text: str) -> str:
    """The beginning of an output, for its heading."""
    return one_line(text, PREVIEW) or "nothing"
