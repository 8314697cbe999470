"""What the model may call, and how well each tool or specialist fits the request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents import Agent, FunctionTool, Handoff, Tool

from core.sdk.rehearsal.brief import Brief, mentions
from core.sdk.rehearsal.concepts import ACTION_VERBS
from core.sdk.rehearsal.fields import spoken
from core.sdk.rehearsal.words import Match, Profile, Term, match, profile, rarity_among, terms, tokens

TOOL_FIT = 0.75
"""Score from which a tool is called: a synonym in its description, or a word of its name, is enough."""
HANDOFF_FIT = 0.35
"""Score from which a specialist is handed to: the same field of work is enough."""
CLOSE = 0.55
"""A second tool is called as well when it reaches this share of the best one's score, by words of its own."""

OWN_WORD = 0.85
"""What a word must be worth to a tool to have it called beside a better one."""

NAME, DESCRIPTION, CLAUSE, PARAMETERS, INNER = 1.5, 1.0, 0.8, 0.4, 0.6
_LEVELS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """A tool or a handoff the model may call."""

    name: str
    """As it is called."""
    title: str
    """As a person says it."""
    description: str
    schema: dict[str, Any]
    about: Profile
    handoff: bool = False
    agent: Agent[Any] | None = None
    """The agent behind it, when it is a handoff or an agent tool and can be seen."""
    is_agent: bool = False

    @property
    def acts(self) -> bool:
        """Whether its name says that it changes something."""
        return not self.is_agent and bool(self.verbs)

    @property
    def verbs(self) -> list[str]:
        """The words of its name that say what it changes: `refund` and `issue` of `issue_refund`."""
        words = tokens(self.name)
        return [word for word in words[:2] if word in ACTION_VERBS] if words and words[0] in ACTION_VERBS else []

    @property
    def required(self) -> list[str]:
        return [name for name in self.schema.get("required", []) if isinstance(name, str)]


@dataclass(frozen=True, slots=True)
class Scored:
    """An option with how well it fits."""

    option: Option
    match: Match

    @property
    def score(self) -> float:
        return self.match.score


def tool_options(tools: Sequence[Tool], brief: Brief) -> list[Option]:
    """The function tools (agents as tools among them); hosted tools run elsewhere and cannot be rehearsed."""
    return [_tool_option(tool, brief) for tool in tools if isinstance(tool, FunctionTool)]


def handoff_options(handoffs: Sequence[Handoff[Any, Any]], brief: Brief) -> list[Option]:
    """The handoffs, described by what their agents and the agents behind those can do."""
    return [_handoff_option(handoff, brief) for handoff in handoffs]


def scored(options: Sequence[Option], request: Sequence[Term], *, wished: bool = False) -> list[Scored]:
    """All options with their scores, the best first, equals in their order. `wished`: something is to be done."""
    rarity = rarity_among([option.about for option in options])
    results = [
        Scored(option, _hesitant(option, request, match(request, option.about, rarity), wished=wished))
        for option in options
    ]
    return sorted(results, key=lambda result: -result.score)


def fitting_tools(results: Sequence[Scored], request: str) -> list[Scored]:
    """The best tool, others that come close by words that the better ones do not explain, and those called by
    their name."""
    fitting = [
        one for one in results if one.score >= TOOL_FIT or (one.score and _called_by_name(one.option, request))
    ]
    chosen: list[Scored] = []
    explained: dict[str, float] = {}
    for result in fitting:
        beside = result.score >= CLOSE * fitting[0].score and _adds(result, explained)
        if not chosen or beside or _called_by_name(result.option, request):
            chosen.append(result)
            for word, worth in result.match.worths.items():
                explained[word] = max(explained.get(word, 0.0), worth)
    return chosen


def _adds(result: Scored, explained: Mapping[str, float]) -> bool:
    """Whether a tool is about something that the better ones are not. What changes something needs a word of its
    own for that; for looking things up, a word that it fits far better will do."""
    worths = result.match.worths
    if result.option.acts:
        return any(word not in explained for word in worths)
    return any(worth >= OWN_WORD and worth > 1.5 * explained.get(word, 0.0) for word, worth in worths.items())


def _called_by_name(option: Option, request: str) -> bool:
    verbs = set(option.verbs)
    return mentions(request, option.name) and (not option.acts or bool(verbs & set(tokens(request))))


def leads_back(option: Option, instructions: str) -> bool:
    """Whether this handoff goes to an agent that itself hands off to the one with these instructions."""
    return (
        any(agent.instructions == instructions for agent in _next_agents(option.agent)) if instructions else False
    )


def owns_handoff_to(option: Option, agent_name: str) -> bool:
    """Whether the agent behind the option hands off to the agent of that name."""
    return any(agent.name == agent_name for agent in _next_agents(option.agent))


def _hesitant(option: Option, request: Sequence[Term], found: Match, *, wished: bool) -> Match:
    """A tool that changes something is asked for by its verb, or by a wish; a word in passing is not enough."""
    if option.handoff or not option.acts or not found.score or wished:
        return found
    verbs = terms(" ".join(option.verbs))
    stems, concepts = {term.stem for term in verbs}, {concept for term in verbs for concept in term.concepts}
    asked = any(term.stem in stems or term.concepts & concepts for term in request)
    return found if asked else Match(min(found.score * 0.4, TOOL_FIT / 2), found.worths)


def _tool_option(tool: FunctionTool, brief: Brief) -> Option:
    schema = dict(tool.params_json_schema)
    agent = getattr(tool, "_agent_instance", None)
    title = agent.name if isinstance(agent, Agent) else spoken(tool.name)
    properties = " ".join(schema.get("properties") or {})
    fields = [(tool.name, NAME), (tool.description, DESCRIPTION), (properties, PARAMETERS)]
    fields += [(clause.text, CLAUSE * 0.75) for clause in brief.mentions(tool.name)]
    fields += list(_inner_fields(agent, INNER)) if isinstance(agent, Agent) else []
    return Option(
        tool.name,
        title,
        tool.description,
        schema,
        profile(fields),
        agent=agent,
        is_agent=agent is not None or list(schema.get("properties") or {}) == ["input"],
    )


def _handoff_option(handoff: Handoff[Any, Any], brief: Brief) -> Option:
    reference = getattr(handoff, "_agent_ref", None)
    agent = reference() if reference is not None else None
    agent = agent if isinstance(agent, Agent) else None
    generic = (
        rf"(?:Handoff to the|Hand off to)\s+{re.escape(handoff.agent_name)}(?: agent to handle the request)?\."
    )
    description = re.sub(generic, "", handoff.tool_description).strip()
    fields = [(handoff.agent_name, NAME), (description, DESCRIPTION)]
    for clause in brief.clauses:
        if mentions(clause.text, handoff.agent_name) or mentions(
            clause.text, handoff.tool_name.removeprefix("transfer_to_")
        ):
            fields += [(clause.text, CLAUSE), (clause.condition, CLAUSE)]
    if agent is not None:
        fields += _deep_fields(agent, brief.text)
    return Option(
        handoff.tool_name, handoff.agent_name, description, dict(handoff.input_json_schema), profile(fields),
        handoff=True, agent=agent,
    )  # fmt: skip


def _deep_fields(agent: Agent[Any], current: str) -> list[tuple[str, float]]:
    """What the agent and those behind it can do; nothing of a way that leads back to the current agent."""
    fields = list(_inner_fields(agent, INNER))
    level, seen, weight = [agent], {id(agent)}, INNER
    for _ in range(_LEVELS - 1):
        level = [inner for outer in level for inner in _next_agents(outer) if id(inner) not in seen]
        if any(inner.instructions == current for inner in level):
            return fields
        seen |= {id(inner) for inner in level}
        weight *= 0.85
        for inner in level:
            fields += [
                (inner.name, weight),
                (inner.handoff_description or "", weight),
                *_inner_fields(inner, weight),
            ]
    return fields


def _inner_fields(agent: Agent[Any], weight: float) -> Iterable[tuple[str, float]]:
    if isinstance(agent.instructions, str) and not agent.handoffs:
        yield agent.instructions[:600], weight * 0.6
    if agent.handoff_description:
        yield agent.handoff_description, weight
    for tool in agent.tools:
        if isinstance(tool, FunctionTool):
            yield tool.name, weight
            yield tool.description, weight * 0.7


def _next_agents(agent: Agent[Any] | None) -> list[Agent[Any]]:
    found: list[Agent[Any]] = []
    for handoff in agent.handoffs if agent is not None else ():
        reference = getattr(handoff, "_agent_ref", None)
        target = handoff if isinstance(handoff, Agent) else reference() if reference is not None else None
        if isinstance(target, Agent):
            found.append(target)
    return found
