"""Which tools come next: asked for by the request, put first by the instructions, or called for by a result."""

import re
from collections.abc import Sequence

from core.sdk.rehearsal.brief import Clause, conditional_handoff, mentions, passes_work_on
from core.sdk.rehearsal.choose import HANDOFF_FIT, TOOL_FIT, Option, fitting_tools, leads_back, owns_handoff_to
from core.sdk.rehearsal.fields import read_field
from core.sdk.rehearsal.focus import is_small_talk
from core.sdk.rehearsal.situation import Situation
from core.sdk.rehearsal.words import terms

_NOTHING_CAME = re.compile(
    r"\b(?:nothing|no|not|none|neither|cannot|can't|unable|without|doesn['’]t|does not|isn['’]t)\b.*?"
    r"\b(?:found|finds?|results?|answer\w*|match\w*|help\w*|articles?|resolv\w*|solv\w*|work\w*|hits?|succe\w*|enough)\b"
    r"|\bfails?\b|\bempty\b|\bunresolved\b|\bunanswered\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|neither|other than|outside|isn['’]t|doesn['’]t|unrelated)\b", re.IGNORECASE
)
_ALWAYS = re.compile(
    r"\b(?:always|first|must|every|each (?:question|request)|before (?:you )?(?:answer|reply|respond)\w*)\b", re.I
)
_FOR_TOPIC = re.compile(r"\b(?:for|about|on|when|questions?|requests?)\b", re.IGNORECASE)


def next_tools(situation: Situation) -> list[Option]:
    """The tools to call now, in order; those that need another one's result first are left for later."""
    wanted = _with_prerequisites(situation, _wanted(situation))
    outcomes = {call.outcome for call in situation.conversation.results}
    if outcomes & {"failed", "rejected"} or ("empty" in outcomes and _ordered_after_empty(situation, wanted)):
        wanted = [tool for tool in wanted if tool in _by_condition(situation)]
    return [
        tool
        for tool in wanted
        if not any(_precedes(situation, other, tool) for other in wanted if other is not tool)
    ]


def holds(situation: Situation, condition: str, *, own_text: str = "", in_results: bool = True) -> bool:
    """Whether a condition of the instructions is met by the request, the results or the agent's own text."""
    outcomes = [call.outcome for call in situation.conversation.results]
    if _NOTHING_CAME.search(condition):
        return any(outcome in {"empty", "failed"} for outcome in outcomes)
    asked = [term for term in terms(condition) if term.weight == 1.0]
    if not asked:
        return False
    results = situation.conversation.results if in_results else []
    heard = [situation.conversation.request, own_text, *(call.output or "" for call in results)]
    said = [term for text in heard for term in terms(text)]
    stems, concepts = {term.stem for term in said}, {concept for term in said for concept in term.concepts}
    hits = sum(1 for term in asked if term.stem in stems or term.concepts & concepts)
    if _NEGATED.search(condition):
        return hits == 0
    return hits * 2 >= len(asked)


def provider_of(situation: Situation, tool: Option) -> Option | None:
    """A tool that only reads, has not been called, and is about the same thing: it may give what `tool` lacks."""
    mine = set(tool.schema.get("properties") or {})
    for other in situation.tools:
        shared = mine & set(other.schema.get("properties") or {})
        free = other is not tool and other.name not in situation.called and not other.acts and not other.is_agent
        if free and shared and not situation.prepare(other).missing:
            return other
    return None


def second_best(situation: Situation) -> Option | None:
    """A tool that only reads, fits too, and has all it needs, for when the better one lacks something."""
    for result in situation.scored_tools:
        tool = result.option
        fits = result.score >= TOOL_FIT and tool.name not in situation.called and not tool.acts
        if fits and not situation.prepare(tool).missing:
            return tool
    return None


def pipeline_target(situation: Situation) -> Option | None:
    """The agent that the instructions say to hand one's work to."""
    for clause in situation.brief.clauses:
        for option in situation.handoffs:
            if passes_work_on(clause, option.title) and _handed(situation, option) < 2:
                return option
    return None


def told_to_hand_over(situation: Situation, own_text: str) -> Option | None:
    """The agent that the instructions say to hand over to under a condition that holds; a condition such as `not
    about orders` never for what is the agent's own work."""
    mine = bool(situation.conversation.results) or situation.own_score >= HANDOFF_FIT
    for clause in situation.brief.clauses:
        for option in situation.handoffs:
            met = conditional_handoff(clause, option.title) and holds(
                situation, clause.condition, own_text=own_text
            )
            if met and mine and _NEGATED.search(clause.condition) and not _NOTHING_CAME.search(clause.condition):
                continue
            if met and _handed(situation, option) < 1 + bool(own_text):
                return option
    return None


def fallback_target(situation: Situation) -> Option | None:
    """The agent that the instructions name for everything else."""
    for clause in situation.brief.clauses:
        for option in situation.handoffs:
            if clause.otherwise and mentions(clause.text, option.title) and not blocked(situation, option):
                return option
    return None


def blocked(situation: Situation, option: Option) -> bool:
    """Whether handing over would lead back to an agent that has had this request already; of two agents that hand
    off to each other, the one whose own work it is keeps it."""
    been = situation.conversation.handed_to
    if option.title in been or len(been) >= 8:
        return True
    starters = [one for one in situation.handoffs if been and owns_handoff_to(one, been[0])]
    if starters == [option]:
        # It can only have been this one that the request began with.
        return True
    if not leads_back(option, situation.brief.text):
        return False
    offered = next((one.score for one in situation.scored_handoffs if one.option is option), 0.0)
    return bool(been) or situation.own_score >= offered


def _wanted(situation: Situation) -> list[Option]:
    matched = _matched(situation)
    standing = [] if matched else _standing(situation)
    wanted = dict.fromkeys([*matched, *standing, *_by_condition(situation)])
    return [tool for tool in wanted if tool.name not in situation.called]


def _matched(situation: Situation) -> list[Option]:
    """What the request asks for, called or not: what is left of it must not grow when something is done."""
    request = situation.conversation.request
    return [result.option for result in fitting_tools(situation.scored_tools, request)]


def _standing(situation: Situation) -> list[Option]:
    """Tools that the instructions want used for any request: `search the knowledge base first`."""
    if is_small_talk(situation.conversation.request) or situation.conversation.results:
        return []
    return [
        tool
        for tool in _open(situation)
        if any(_always(clause, tool) for clause in situation.brief.mentions(tool.name))
    ]


def _always(clause: Clause, tool: Option) -> bool:
    if clause.condition or clause.otherwise or tool.acts:
        return False
    properties = tool.schema.get("properties") or {}
    free_text = all(
        read_field(name, properties.get(name) or {}, "string").kind in {"text", "title"} for name in tool.required
    )
    return bool(_ALWAYS.search(clause.text)) or (
        free_text and not tool.is_agent and not _FOR_TOPIC.search(clause.text)
    )


def _by_condition(situation: Situation) -> list[Option]:
    """Tools that the instructions call for in a case that has come up. Whether something is changed is for the
    request to say, or for a search without a result; words that a result happens to contain are not enough."""
    if not situation.conversation.results or situation_refused(situation):
        return []
    return [
        tool
        for tool in _open(situation)
        for clause in situation.brief.mentions(tool.name)
        if clause.condition not in ("", "-") and holds(situation, clause.condition, in_results=not tool.acts)
    ]


def situation_refused(situation: Situation) -> bool:
    """Whether a person has said no in this turn."""
    return any(call.outcome == "rejected" for call in situation.conversation.results)


def _with_prerequisites(situation: Situation, wanted: Sequence[Option]) -> list[Option]:
    firsts = [
        tool
        for tool in _open(situation)
        if tool not in wanted and any(_told_before(situation, tool, other) for other in wanted)
    ]
    return [*firsts, *wanted]


def _precedes(situation: Situation, first: Option, second: Option) -> bool:
    if _told_before(situation, first, second):
        return True
    if _told_before(situation, second, first):
        return False
    shared = set(first.schema.get("properties") or {}) & set(second.schema.get("properties") or {})
    return bool(shared) and second.acts and not first.acts


def _told_before(situation: Situation, first: Option, second: Option) -> bool:
    """Whether the instructions put the one before the other within a sequence."""
    clauses = situation.brief.clauses
    ranks = {
        option.name: [
            (clause.sequence, index) for index, clause in enumerate(clauses) if mentions(clause.text, option.name)
        ]
        for option in (first, second)
    }
    return any(
        sequence == other_sequence and index < other_index and not _routine_condition(clauses[index])
        for sequence, index in ranks[first.name]
        for other_sequence, other_index in ranks[second.name]
    )


def _routine_condition(clause: Clause) -> bool:
    return clause.condition not in ("", "-")


def _ordered_after_empty(situation: Situation, wanted: Sequence[Option]) -> bool:
    empty = {call.name for call in situation.conversation.results if call.outcome == "empty"}
    sources = [tool for tool in situation.tools if tool.name in empty]
    return any(_precedes(situation, source, tool) for source in sources for tool in wanted)


def _open(situation: Situation) -> list[Option]:
    return [tool for tool in situation.tools if tool.name not in situation.called]


def _handed(situation: Situation, option: Option) -> int:
    return situation.conversation.handed_to.count(option.title)


def best_tool_score(situation: Situation) -> float:
    """The score of the best tool that fits, 0 when none does."""
    best = situation.scored_tools[0].score if situation.scored_tools else 0.0
    return best if best >= TOOL_FIT else 0.0
