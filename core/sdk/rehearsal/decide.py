"""The rules, in the order they are tried: each either decides what the reply is or leaves it to the next."""

from collections.abc import Sequence

from core.sdk.rehearsal.answer import assumption, greeting, no_match, question_for
from core.sdk.rehearsal.choose import HANDOFF_FIT, Option, Scored
from core.sdk.rehearsal.focus import is_small_talk
from core.sdk.rehearsal.plan import (
    best_tool_score,
    blocked,
    fallback_target,
    next_tools,
    pipeline_target,
    provider_of,
    second_best,
    situation_refused,
    told_to_hand_over,
)
from core.sdk.rehearsal.recall import asks_to_recall, recalled
from core.sdk.rehearsal.situation import Decision, Planned, Prepared, Situation
from core.sdk.rehearsal.structured import structured

MARGIN = 0.15
"""By how much a specialist must fit better than the agent's own tools."""


def decide(situation: Situation) -> Decision:
    """The reply to one model call."""
    for rule in (_named, _empty, _small_talk, _recall, _refused, _fan_out, _work, _pass_on, _route, _required):
        decision = rule(situation)
        if decision is not None:
            return decision
    return _answer(situation)


def _named(situation: Situation) -> Decision | None:
    """tool_choice names a tool or a handoff."""
    for option in [*situation.tools, *situation.handoffs]:
        if option.name == situation.choice and option.name not in situation.called:
            return _call("tool_choice", f"tool_choice names {option.name}", situation, [situation.prepare(option)])
    return None


def _empty(situation: Situation) -> Decision | None:
    if situation.conversation.request or situation.conversation.now.calls or situation.conversation.now.texts:
        return None
    if situation.choice == "required":
        return None
    return _final(situation, "empty_input", "there was no input", greeting(situation.brief, _abilities(situation)))


def _small_talk(situation: Situation) -> Decision | None:
    talk = is_small_talk(situation.conversation.request) and not situation.conversation.results
    if not talk or situation.choice == "required" or pipeline_target(situation):
        return None
    text = greeting(situation.brief, _abilities(situation))
    if "thank" in situation.conversation.request.lower():
        text = "You are welcome. Is there anything else I can do for you?"
    return _final(situation, "small_talk", "a greeting needs no tool", text)


def _recall(situation: Situation) -> Decision | None:
    """Questions about the conversation are answered from it."""
    if situation.choice == "required" or situation.conversation.results:
        return None
    text = recalled(situation.conversation)
    if text:
        return _final(situation, "history", "the conversation holds the answer", text)
    thing = asks_to_recall(situation.conversation.request)
    offered = best_tool_score(situation) or any(one.score >= HANDOFF_FIT for one in situation.scored_handoffs)
    if thing is None or offered or situation.schema:
        return None
    return _final(
        situation,
        "history",
        "nothing was said about it",
        f"You have not told me your {thing} in this conversation.",
    )


def _refused(situation: Situation) -> Decision | None:
    """After a person said no there is nothing more to do than to say so."""
    if not situation_refused(situation):
        return None
    return _final(situation, "rejected", "a person rejected a call", situation.voice.answer())


def _fan_out(situation: Situation) -> Decision | None:
    """The instructions want several tools or agents asked about the same thing."""
    if not situation.brief.fans_out or not situation.conversation.request:
        return None
    agents = [tool for tool in situation.tools if tool.is_agent]
    named = [tool for tool in situation.tools if situation.brief.mentions(tool.name)]
    group = agents if len(agents) > 1 else named if len(named) > 1 else situation.tools
    if len(group) < 2:
        return None
    prepared = [situation.prepare(tool) for tool in group if tool.name not in situation.called]
    ready = [one for one in prepared if not one.missing]
    return _call("fan_out", "the instructions say to ask all of them", situation, ready) if ready else None


def _work(situation: Situation) -> Decision | None:
    """Own tools: asked for by the request, put first by the instructions, or called for by a result."""
    best = situation.scored_handoffs[0].score if situation.scored_handoffs else 0.0
    routed = best >= HANDOFF_FIT and best > best_tool_score(situation) + MARGIN and not pipeline_target(situation)
    if (
        routed
        and not situation.conversation.results
        and not blocked(situation, situation.scored_handoffs[0].option)
    ):
        return None
    wanted = next_tools(situation)
    if not wanted:
        return None
    prepared = [one for tool in wanted for one in situation.prepare_each(tool)]
    ready = [one for one in prepared if not one.missing]
    if ready:
        return _call("tool", _reason(situation, ready), situation, ready)
    helper = provider_of(situation, wanted[0]) or second_best(situation)
    if helper is not None:
        why = f"{wanted[0].name} lacks {', '.join(prepared[0].missing)}, which {helper.name} does not need"
        return _call("tool", why, situation, [situation.prepare(helper)])
    if situation.choice == "required":
        return None
    missing = prepared[0].missing
    question = question_for(missing, wanted[0].title)
    found = situation.voice.answer() if situation.conversation.results else ""
    text = f"{found}\n\n{question}" if found else question
    return _final(situation, "ask", f"{wanted[0].name} lacks {', '.join(missing)}", text)


def _pass_on(situation: Situation) -> Decision | None:
    """A pipeline agent writes its part and hands its work on in the same reply."""
    own = situation.voice.answer()
    works = _has_worked(situation)
    target = pipeline_target(situation)
    text = own if target or works else ""
    target = target or told_to_hand_over(situation, own if works else "")
    if target is None:
        return None
    why = f"the instructions hand over to {target.title}"
    return Decision("pass_on", why, text, (_handoff(situation, target),))


def _route(situation: Situation) -> Decision | None:
    """The specialist whose work the request is."""
    if situation.conversation.results:
        return None
    for result in situation.scored_handoffs:
        if result.score >= HANDOFF_FIT and not blocked(situation, result.option):
            return Decision("handoff", _matched_by(result), calls=(_handoff(situation, result.option),))
    fallback = fallback_target(situation)
    if fallback is None or is_small_talk(situation.conversation.request):
        return None
    text = f"No specialist clearly fits, so I hand this to {fallback.title}, as I was told for anything else."
    return Decision(
        "handoff_otherwise", "the instructions name it for anything else", text, (_handoff(situation, fallback),)
    )


def _required(situation: Situation) -> Decision | None:
    """tool_choice is `required`, and nothing fits: one is picked, and that is said."""
    if situation.choice != "required" or situation.conversation.now.calls:
        return None
    ranked = [*situation.scored_tools, *situation.scored_handoffs]
    options = sorted(ranked, key=lambda one: -one.score)
    if not options:
        return None
    prepared = [situation.prepare(one.option) for one in options]
    best = min(prepared, key=lambda one: bool(one.missing))
    title = best.option.title
    text = f"Nothing I have clearly fits this. As I have to call something, I picked {title} without a match."
    return _call("required_without_match", "tool_choice is required", situation, [best], text)


def _answer(situation: Situation) -> Decision:
    """The agent's own words, from the tools' results where there are any."""
    if situation.conversation.results:
        return _final(situation, "answer_from_results", "all tools have answered", situation.voice.answer())
    on_others_work = bool(situation.brief.kind and situation.conversation.now.texts)
    lacking = bool(situation.tools or situation.handoffs) and not on_others_work
    been = situation.conversation.handed_to
    open_handoffs = [option.title for option in situation.handoffs if option.title not in been]
    remark = no_match([tool.title for tool in situation.tools], open_handoffs) if lacking else ""
    rule = "no_match" if remark else "answer"
    why = "no tool or specialist fits the request" if remark else "there is nothing to call"
    return _final(situation, rule, why, situation.voice.answer(remark=remark))


def _final(situation: Situation, rule: str, why: str, text: str) -> Decision:
    """A reply that ends the turn: plain text, or an object that satisfies the output schema."""
    if situation.schema is None:
        return Decision(rule, why, text)
    return Decision(f"structured:{rule}", why, structured(situation, text))


def _call(rule: str, why: str, situation: Situation, prepared: Sequence[Prepared], text: str = "") -> Decision:
    chosen = list(prepared) if situation.parallel else list(prepared)[:1]
    remarks = [text] if text else []
    for one in chosen:
        guessed = {
            **one.assumed,
            **{path: _at(one, path) for path in one.missing},
        }
        if guessed:
            remarks.append(assumption(guessed, one.option.title))
    return Decision(rule, why, " ".join(remarks), tuple(one.planned for one in chosen))


def _handoff(situation: Situation, option: Option) -> Planned:
    return situation.prepare(option).planned


def _at(prepared: Prepared, path: str) -> object:
    value: object = prepared.arguments
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else value
    return value


def _reason(situation: Situation, ready: Sequence[Prepared]) -> str:
    by_name = {result.option.name: result for result in situation.scored_tools}
    reasons = []
    for name in dict.fromkeys(one.option.name for one in ready):
        result = by_name.get(name)
        reasons.append(
            _matched_by(result) if result and result.match.words else f"the instructions call for {name}"
        )
    return "; ".join(reasons)


def _matched_by(result: Scored) -> str:
    words = ", ".join(f"“{word}”" for word in result.match.words[:5])
    return f"{result.option.title} fits {words}"


def _abilities(situation: Situation) -> list[str]:
    return [option.title for option in [*situation.tools, *situation.handoffs]]


def _has_worked(situation: Situation) -> bool:
    """An agent with a craft judges its own text for a condition such as `if changes are needed`."""
    return bool(situation.brief.kind) or bool(situation.conversation.results)
