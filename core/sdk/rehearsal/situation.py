"""One model call as the rules see it, and what they decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from agents import AgentOutputSchemaBase, Handoff, ModelSettings, Tool
from agents.items import TResponseInputItem

from core.sdk.rehearsal.answer import Voice
from core.sdk.rehearsal.arguments import Filler
from core.sdk.rehearsal.brief import Brief, asked_for, mentions, read_brief
from core.sdk.rehearsal.choose import DESCRIPTION, NAME, Option, Scored, handoff_options, scored, tool_options
from core.sdk.rehearsal.conversation import Conversation, read_conversation
from core.sdk.rehearsal.evidence import Evidence, gather
from core.sdk.rehearsal.fields import read_field
from core.sdk.rehearsal.focus import joined, request_terms, wishes
from core.sdk.rehearsal.language import LANGUAGES, language_of
from core.sdk.rehearsal.words import match, profile, terms

SEVERAL = 5
"""Calls of one tool for several ids at once, at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the SDK gives a model for one call."""

    instructions: str | None
    items: str | list[TResponseInputItem]
    settings: ModelSettings
    tools: Sequence[Tool]
    handoffs: Sequence[Handoff[Any, Any]]
    output_schema: AgentOutputSchemaBase | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that is to be made."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """The reply, the rule that made it, and in words why it did."""

    rule: str
    why: str
    text: str = ""
    calls: tuple[Planned, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Arguments for an option, with what is not known of them and what was guessed."""

    option: Option
    arguments: dict[str, Any]
    missing: tuple[str, ...] = ()
    """Fields whose values would be made up, so that the user has to be asked."""
    assumed: dict[str, Any] = field(default_factory=dict)

    @property
    def planned(self) -> Planned:
        return Planned(self.option.name, self.arguments)


@dataclass
class Situation:
    """Everything one model call is given, read."""

    brief: Brief
    conversation: Conversation
    tools: list[Option]
    handoffs: list[Option]
    choice: str
    """`auto`, `required`, `none`, or the name of a tool."""
    parallel: bool
    schema: dict[str, Any] | None
    """Of the final output; None for plain text."""

    @cached_property
    def called(self) -> set[str]:
        """Names of the tools called in this turn."""
        return {call.name for call in self.conversation.now.calls}

    @cached_property
    def voice(self) -> Voice:
        return Voice(
            self.brief, self.conversation, {tool.name: tool.title for tool in self.tools if tool.is_agent}
        )

    @cached_property
    def scored_tools(self) -> list[Scored]:
        """All tools, best first; one that acts must be asked for by words of this turn."""
        request, said = request_terms(self.conversation)
        results = scored(self.tools, request, wished=wishes(self.conversation.request))
        return [one for one in results if not one.option.acts or set(one.match.words) & said]

    @cached_property
    def scored_handoffs(self) -> list[Scored]:
        spoken = LANGUAGES.get(language_of(self.conversation.request), "")
        # An agent for a language is meant by who writes in it, also without naming it.
        language = [replace(term, weight=0.5) for term in terms(spoken)]
        return scored(self.handoffs, [*request_terms(self.conversation)[0], *language])

    @cached_property
    def own_score(self) -> float:
        """How well the request fits the agent's own work, whatever its instructions say of others left out."""
        names = [option.title for option in self.handoffs]
        own = [
            clause.text for clause in self.brief.clauses if not any(mentions(clause.text, name) for name in names)
        ]
        fields = [(text, DESCRIPTION) for text in own] + [(tool.title, NAME) for tool in self.tools]
        return match(request_terms(self.conversation)[0], profile(fields)).score

    @cached_property
    def _sources(self) -> Evidence:
        return replace(gather(self.conversation), from_user=asked_for(self.brief))

    def evidence(self) -> Evidence:
        """The evidence with no id taken yet."""
        return replace(self._sources, used=set())

    def prepare(self, option: Option) -> Prepared:
        """Arguments for a call of the option."""
        filler = Filler(
            option.schema, self.evidence(), hint=f"{option.name} {option.description[:200]}", acts=option.acts
        )
        value = filler.fill()
        arguments = value if isinstance(value, dict) else {}
        return Prepared(option, arguments, tuple(filler.notes.must_ask), dict(filler.notes.assumed))

    def prepare_each(self, option: Option) -> list[Prepared]:
        """One call, or one for each of several ids when the option is about a single one."""
        first = self.prepare(option)
        fields = [_field(option, name) for name in option.required]
        ids = [one for one in fields if one.kind == "id"]
        if len(ids) != 1 or option.acts or first.missing:
            return [first]
        values = list(dict.fromkeys(self.evidence().all(ids[0])))[:SEVERAL]
        if len(values) < 2 or not all(isinstance(value, str) for value in first.arguments.values()):
            return [first]
        return [Prepared(option, {**first.arguments, ids[0].name: value}) for value in values]


def read_situation(asked: Asked) -> Situation:
    """Read what the SDK gives a model."""
    conversation = joined(read_conversation(asked.items))
    instructions = [asked.instructions or "", conversation.extra_instructions]
    brief = read_brief("\n".join(part for part in instructions if part))
    settings, output = asked.settings, asked.output_schema
    choice = settings.tool_choice if isinstance(settings.tool_choice, str) else "auto"
    return Situation(
        brief=brief,
        conversation=conversation,
        tools=[] if choice == "none" else tool_options(asked.tools, brief),
        handoffs=[] if choice == "none" else handoff_options(asked.handoffs, brief),
        choice=choice,
        parallel=settings.parallel_tool_calls is not False,
        schema=output.json_schema() if output and not output.is_plain_text() else None,
    )


def _field(option: Option, name: str) -> Any:
    schema = (option.schema.get("properties") or {}).get(name) or {}
    kind = schema.get("type", "string") if isinstance(schema, dict) else "string"
    return read_field(name, schema, kind if isinstance(kind, str) else "string", option.name)
