"""The named points at which a process dies."""

from dataclasses import dataclass
from typing import Literal

from tests.kill_matrix.death import Death

Order = Literal["", "decide", "stop", "pause"]


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of a scenario; with `again` the process that recovers dies as well."""

    scenario: str
    death: Death | None
    """None: at a random time, by the clock."""
    again: Death | None = None
    in_doubt: bool | None = False
    """Whether a person has to be asked what happened; None when that depends on the moment."""
    every_write: bool = False
    """Whether the number of the moment is drawn anew for each try."""
    trouble: Literal["", "freeze", "cut", "kill"] = ""
    """With two workers and a page on PostgreSQL: the worker that comes first to the moment is stopped (SIGSTOP)
    and goes on when the other one has come to the end, or its way to the database is cut for a while, or it is
    killed."""
    order: Order = ""
    """What the page does while that worker is in trouble, and not before."""
    verdict: str = ""
    """What people say about calls in doubt, where that is not to differ from try to try."""
    stops: bool = False
    """Whether a person has asked to stop the run before it dies."""


def _point(scenario: str, moment: str, nth: int = 1, **more: object) -> Point:
    return Point(scenario, Death(moment, nth), **more)  # type: ignore[arg-type]


POINTS: dict[str, Point] = {
    "before a model call": _point("line", "before asking clerk go 1"),
    "while streaming": _point("line", "while streaming clerk go 2"),
    "model answered, not recorded": _point("line", "answered clerk go 1"),
    "model's answer recorded": _point("line", "recorded 0:/model:1"),
    "reading tool running": _point("line", "looking at go"),
    "reading tool finished, not recorded": _point("line", "about to record /tool:look"),
    "intent written, tool not begun": _point("line", "intended /tool:note", in_doubt=True),
    "tool running, before its effect": _point("line", "before the effect on go", in_doubt=True),
    "tool's effect done, not recorded": _point("line", "after the effect on go", in_doubt=True),
    "tool's result recorded": _point("line", "recorded /tool:note"),
    "end written, not committed": _point("line", "ending completed"),
    "history written, not committed": _point("line", "history written"),
    "end committed": _point("line", "ended completed"),
    "run claimed, nothing told": _point("line", "planned start"),
    "approval written, not committed": _point("asking", "ending waiting"),
    "approval asked, segment over": _point("asking", "ended waiting"),
    "approval decided, not carried out": _point("asking", "decided"),
    "resume begun": _point("asking", "planned decision"),
    "resume begun, first word written": _point("asking", "first write of decision", in_doubt=None),
    "approved tool running": _point("asking", "before the effect on go", in_doubt=True),
    "approved tool's effect done": _point("asking", "after the effect on go", in_doubt=True),
    "after the approved tool": _point("asking", "before asking asker go 1"),
    "nested: inner tool running": _point("nested", "looking at go left", in_doubt=None),
    "nested: inner effect done": _point("nested", "after the effect on go right", in_doubt=True),
    "nested: one inner agent done": _point("nested", "recorded 0:ask left/tell go left/model:2", in_doubt=None),
    "nested: foremen done": _point("nested", "before asking boss go 1"),
    "nested: approval asked inside": _point("nested asking", "ended waiting"),
    "nested: approved inside, effect done": _point("nested asking", "after the effect on go left", in_doubt=True),
    "handoff: before the other agent answers": _point("handed", "before asking cashier go 1"),
    "handoff: other agent's effect done": _point("handed", "after the effect on go", in_doubt=True),
    "handoff: after it was handed back": _point("handed", "before asking triage go 4"),
    "guardrail: judge of the input asked": _point("judged", "before asking judge"),
    "guardrail: judge answered, not recorded": _point("judged", "answered judge"),
    "guardrail: judge of the output asked": _point("judged", "before asking judge", 2),
    "guardrail: between the judges": _point("judged", "recorded /tool:note"),
    "MCP: intent written": _point("booked", "intended /tool:book", in_doubt=True),
    "MCP: effect done, not recorded": _point("booked", "about to record /tool:book", in_doubt=True),
    "MCP: recorded": _point("booked", "recorded /tool:book"),
    "tool that runs an agent: inside": _point("consulted", "before asking expert", 2),
    "tool that runs an agent: after": _point("consulted", "the expert has answered", 2),
    "tool that runs an agent: recorded": _point("consulted", "before asking consulter go 1"),
    "tool that runs an agent: in doubt": _point("consulting", "before asking expert", in_doubt=True),
    "parallel: one branch looks": _point("parallel", "looking at b go", in_doubt=None),
    "parallel: effect of one branch done": _point("parallel", "after the effect on b go", in_doubt=True),
    "parallel: one branch done, one running": _point("parallel", "recorded fan/1/a/step", in_doubt=None),
    "parallel: both done": _point("parallel", "before asking z"),
    "loop: in its second round": _point("looping", "looking at a round 2"),
    "loop: second round's effect done": _point("looping", "after the effect on a round 2", in_doubt=True),
    "loop: between rounds": _point("looping", "recorded again#2/a/step"),
    "loop: judge of its end asked": _point("judging", "before asking judge"),
    "map: in an item": _point("mapping", "looking at a item w", in_doubt=None),
    "map: effect of an item done": _point("mapping", "after the effect on a item y", in_doubt=True),
    "waiting step: sibling at work": _point("siblings late", "looking at go 2"),
    "waiting step: asked, not told": _point("siblings late", "asked a person"),
    "waiting step: decided early, not carried out": _point("siblings", "decided"),
    "waiting step: effect of the approved call done": _point(
        "siblings", "after the effect on a go", in_doubt=True
    ),
    "approval decided while another is carried out": _point("nested early", "ended waiting", 2),
    "approval step: asked": _point("siblings late", "ended waiting", 2),
    "approval step: decided, resume begun": _point("siblings late", "planned decision", 2),
    "recovery: planned, dies again": _point("line", "looking at go", again=Death("planned recovery")),
    "recovery: dies again at the model": _point(
        "line", "recorded /tool:note", again=Death("before asking clerk go 2")
    ),
    "recovery: dies while it asks about a doubt": _point(
        "line", "after the effect on go", again=Death("ending waiting"), in_doubt=True
    ),
    "recovery: call in doubt repeated, dies in it": _point(
        "line",
        "before the effect on go",
        again=Death("before the effect on go"),
        in_doubt=True,
        verdict="approved",
    ),
    "recovery: approved run dies twice": _point("asking", "planned decision", again=Death("planned recovery")),
    "recovery: nested, dies again": _point(
        "nested", "looking at go left", again=Death("recorded 0:ask right/tell go right/model:2"), in_doubt=None
    ),
    "recovery: workflow dies again": _point(
        "parallel", "looking at b go", again=Death("recorded fan/2/b/step"), in_doubt=None
    ),
    "stop asked, then died": _point("line", "looking at go", stops=True),
    "batch: rows queued, not noted": _point("batch", "rows queued", 2, in_doubt=None),
    "batch: rows noted, not committed": _point("batch", "rows noted", 2, in_doubt=None),
    "batch: effect of a row done": _point("batch", "after the effect on row 2", in_doubt=True),
    "batch: a row streams": _point("batch", "while streaming clerk row 3 2", in_doubt=None),
    "batch: end of a row written, not committed": _point("batch", "ending completed", 2, in_doubt=None),
    "batch: last row ended": _point("batch", "ended completed", 4),
    "any write: batch": _point("batch", "writ", every_write=True, in_doubt=None),
    "any write: agent": _point("line", "writ", every_write=True, in_doubt=None),
    "any write: approvals": _point("asking", "writ", every_write=True, in_doubt=None),
    "any write: nested agents": _point("nested asking", "writ", every_write=True, in_doubt=None),
    "any write: handoffs": _point("handed", "writ", every_write=True, in_doubt=None),
    "any write: parallel": _point("parallel", "writ", every_write=True, in_doubt=None),
    "any write: loop": _point("looping", "writ", every_write=True, in_doubt=None),
    "any write: waiting siblings": _point("siblings", "writ", every_write=True, in_doubt=None),
    "any time: agent": Point("line", None, in_doubt=None),
    "any time: nested agents": Point("nested", None, in_doubt=None),
    "any time: parallel": Point("parallel", None, in_doubt=None),
    "any time: waiting siblings": Point("siblings", None, in_doubt=None),
    "frozen: while streaming": _point("line", "while streaming clerk go 2", trouble="freeze"),
    "frozen: reading tool running": _point("line", "looking at go", trouble="freeze"),
    "frozen: intent written, tool not begun": _point(
        "line", "intended /tool:note", trouble="freeze", in_doubt=True
    ),
    "frozen: tool running, before its effect": _point(
        "line", "before the effect on go", trouble="freeze", in_doubt=True
    ),
    "frozen: tool's effect done": _point("line", "after the effect on go", trouble="freeze", in_doubt=True),
    "frozen: in the middle of the last transaction": _point("line", "ending completed", trouble="freeze"),
    "frozen: approved tool running": _point("asking", "before the effect on go", trouble="freeze", in_doubt=True),
    "frozen: one of two branches": _point("parallel", "looking at b go", trouble="freeze", in_doubt=None),
    "frozen: inside nested agents": _point("nested", "looking at go left", trouble="freeze", in_doubt=None),
    "frozen: guardrail asks a judge": _point("judged", "before asking judge", trouble="freeze"),
    "frozen: effect of an MCP tool done": _point(
        "booked", "about to record /tool:book", trouble="freeze", in_doubt=True
    ),
    "frozen: in a loop": _point("looping", "looking at a round 2", trouble="freeze"),
    "frozen: resume begun": _point("asking", "planned decision", trouble="freeze"),
    "frozen: approval written, not committed": _point("asking", "ending waiting", trouble="freeze"),
    "frozen: the page approves meanwhile": _point("asking", "ended waiting", trouble="freeze", order="decide"),
    "frozen: the page approves a step of the running run": _point(
        "siblings", "looking at go 2", trouble="freeze", in_doubt=None, order="decide"
    ),
    "frozen: the page stops the run": _point("line", "looking at go", trouble="freeze", order="stop", stops=True),
    "frozen: the page pauses the run": _point("line", "looking at go", trouble="freeze", order="pause"),
    "frozen: effect of a batch's row done": _point(
        "batch", "after the effect on row 2", trouble="freeze", in_doubt=True
    ),
    "frozen: rows of a batch queued, not committed": _point(
        "batch", "rows noted", 2, trouble="freeze", in_doubt=None
    ),
    "cut: while streaming": _point("line", "while streaming clerk go 2", trouble="cut", in_doubt=None),
    "cut: reading tool running": _point("line", "looking at go", trouble="cut", in_doubt=None),
    "cut: intent written, tool not begun": _point("line", "intended /tool:note", trouble="cut", in_doubt=None),
    "cut: tool's effect done": _point("line", "after the effect on go", trouble="cut", in_doubt=None),
    "cut: before the answer is recorded": _point("line", "answered clerk go 1", trouble="cut", in_doubt=None),
    "cut: in the middle of the last transaction": _point("line", "ending completed", trouble="cut", in_doubt=None),
    "cut: approval being written": _point("asking", "ending waiting", trouble="cut", in_doubt=None),
    "cut: resume begun": _point("asking", "planned decision", trouble="cut", in_doubt=None),
    "cut: one of two branches": _point("parallel", "looking at b go", trouble="cut", in_doubt=None),
    "cut: inside nested agents": _point("nested", "looking at go left", trouble="cut", in_doubt=None),
    "cut: any write": _point("parallel", "writ", trouble="cut", every_write=True, in_doubt=None),
    "cut: the page approves meanwhile": _point(
        "asking", "ended waiting", trouble="cut", order="decide", in_doubt=None
    ),
    "cut: the page stops the run": _point("line", "looking at go", trouble="cut", order="stop", stops=True),
    "cut: the page pauses the run": _point("line", "looking at go", trouble="cut", order="pause", in_doubt=None),
    "cut: effect of a batch's row done": _point(
        "batch", "after the effect on row 2", trouble="cut", in_doubt=None
    ),
    "cut: rows of a batch queued": _point("batch", "rows noted", trouble="cut", in_doubt=None),
    "killed, second worker: while streaming": _point("line", "while streaming clerk go 2", trouble="kill"),
    "killed, second worker: intent written": _point("line", "intended /tool:note", trouble="kill", in_doubt=True),
    "killed, second worker: effect done": _point("line", "after the effect on go", trouble="kill", in_doubt=True),
    "killed, second worker: end not committed": _point("line", "ending completed", trouble="kill"),
    "killed, second worker: approval asked": _point("asking", "ended waiting", trouble="kill"),
    "killed, second worker: the page approves meanwhile": _point(
        "asking", "ended waiting", trouble="kill", order="decide"
    ),
    "killed, second worker: resume begun": _point("asking", "planned decision", trouble="kill"),
    "killed, second worker: one of two branches": _point(
        "parallel", "looking at b go", trouble="kill", in_doubt=None
    ),
    "killed, second worker: inside nested agents": _point(
        "nested", "looking at go left", trouble="kill", in_doubt=None
    ),
    "killed, second worker: in a loop": _point("looping", "looking at a round 2", trouble="kill"),
    "killed, second worker: guardrail asks a judge": _point("judged", "before asking judge", trouble="kill"),
    "killed, second worker: effect of an MCP tool done": _point(
        "booked", "about to record /tool:book", trouble="kill", in_doubt=True
    ),
    "killed, second worker: effect of a batch's row": _point(
        "batch", "after the effect on row 2", trouble="kill", in_doubt=True
    ),
    "killed, second worker: rows of a batch queued": _point("batch", "rows noted", trouble="kill", in_doubt=None),
    "killed, second worker: any write": _point(
        "siblings", "writ", trouble="kill", every_write=True, in_doubt=None
    ),
}
