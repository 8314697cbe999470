"""Stories told with sample runs: a refund that was approved, a crash, a failure, many parallel calls."""

from typing import Any

from core.engine.events import (
    AgentStarted,
    ApprovalDecided,
    ApprovalRequested,
    HandoffOccurred,
    ModelCallCompleted,
    ModelCallStarted,
    ToolCalled,
    ToolCompleted,
)
from tests.support.sample_trace import SampleRun, begin, complete, fail

ORDER = {"order": "A-1007", "status": "delivered", "paid": 49.9, "currency": "EUR"}
ANSWER = "The refund of €49.90 for order A-1007 is on its way.\n\nIt takes **2 to 5 days** to arrive."


def message(role: str, text: str) -> dict[str, Any]:
    """An item of a conversation in the SDK's input format."""
    if role == "assistant":
        content = [{"type": "output_text", "text": text, "annotations": []}]
        return {"type": "message", "role": role, "status": "completed", "content": content}
    return {"role": role, "content": text}


def call(name: str, arguments: str, call_id: str) -> dict[str, Any]:
    """A function call of a model."""
    return {"type": "function_call", "name": name, "arguments": arguments, "call_id": call_id}


def result(call_id: str, output: str) -> dict[str, Any]:
    """What a function call gave."""
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def tell_refund(run: SampleRun, *, decided_after: float = 2.0) -> None:
    """Triage hands off to billing, which looks the order up and refunds it after a person agreed."""
    end = 4.0 + decided_after
    task = run.span("task", "Agent workflow", None, 0.1, end)
    items = _tell_triage(run, task)
    billing = run.span("agent", "billing", task, 1.0, end, agent="billing")
    _tell_lookups(run, billing, items)
    _tell_decision(run, billing, items, decided=3.0 + decided_after)
    _tell_refund_events(run, end)


def _tell_triage(run: SampleRun, task: str) -> list[dict[str, Any]]:
    items = [message("user", run.input)]
    transfer = call("transfer_to_billing", "{}", "call_0")
    agent = run.span("agent", "triage", task, 0.1, 1.0, agent="triage", payload={"handoffs": ["billing"]})
    turn = run.span("turn", "Turn 1", agent, 0.1, 1.0, agent="triage")
    payload = {
        "instructions": "Send people to whom can help.",
        "tools": ["transfer_to_billing"],
        "settings": {"temperature": 0.2},
        "input": items,
        "output": [transfer],
    }
    run.model_call(turn, "triage", 0.1, 0.9, tokens=(120, 14), payload=payload)
    run.span("handoff", "triage → billing", turn, 0.9, 0.95, agent="triage")
    return [*items, transfer, result("call_0", '{"assistant": "billing"}')]


def _tell_lookups(run: SampleRun, billing: str, items: list[dict[str, Any]]) -> None:
    turn = run.span("turn", "Turn 1", billing, 1.0, 2.6, agent="billing")
    calls = [
        call("look_up_order", '{"order": "A-1007"}', "call_a"),
        call("search_articles", '{"query": "refund rules"}', "call_b"),
    ]
    run.model_call(turn, "billing", 1.0, 1.6, tokens=(210, 32), payload={"input": items, "output": calls})
    order = {"arguments": {"order": "A-1007"}, "output": ORDER}
    articles = {"arguments": {"query": "refund rules"}, "output": "Refunds within 30 days of delivery."}
    run.span("tool", "look_up_order", turn, 1.6, 2.2, agent="billing", call_id="call_a", payload=order)
    run.span("tool", "search_articles", turn, 1.65, 2.6, agent="billing", call_id="call_b", payload=articles)


def _tell_decision(run: SampleRun, billing: str, items: list[dict[str, Any]], *, decided: float) -> None:
    asked = {"order": "A-1007", "amount": 49.9}
    wish = call("refund", '{"order": "A-1007", "amount": 49.9}', "call_c")
    decision = {"decision": {"verdict": "approved", "reason": "Within 30 days.", "by": "Ada"}}
    of_call: dict[str, Any] = {"agent": "billing", "call_id": "call_c"}

    turn = run.span("turn", "Turn 2", billing, 2.6, decided + 0.4, agent="billing")
    run.model_call(turn, "billing", 2.6, 3.0, tokens=(320, 28), payload={"input": items, "output": [wish]})
    run.span("approval", "refund", turn, 3.0, decided, payload=decision, **of_call)
    done = {"arguments": asked, "output": {"refund": "R-1", "ok": True}}
    run.span("tool", "refund", turn, decided, decided + 0.4, payload=done, **of_call)

    turn = run.span("turn", "Turn 3", billing, decided + 0.4, decided + 1.0, agent="billing")
    items = [*items, wish, result("call_c", '{"refund": "R-1", "ok": true}')]
    answer = {"input": items, "output": [message("assistant", ANSWER)]}
    run.model_call(turn, "billing", decided + 0.4, decided + 1.0, tokens=(390, 40), payload=answer)


def _tell_refund_events(run: SampleRun, end: float) -> None:
    begin(run)
    run.event(AgentStarted("triage"), 0.1)
    run.event(ModelCallStarted("0:/model:1", "triage", "rehearsal", True), 0.1)
    run.event(ModelCallCompleted("0:/model:1", "triage", "rehearsal", True, "", 120, 14, 0.8), 0.9)
    run.event(HandoffOccurred("triage", "billing"), 0.95)
    run.event(AgentStarted("billing"), 1.0)
    lookup = {"order": "A-1007"}
    run.event(ToolCalled("call_a", "billing", "look_up_order", "function", "look_up_order", lookup), 1.6)
    run.event(ToolCalled("call_b", "billing", "search_articles", "function", "search_articles", {}), 1.65)
    run.event(ToolCompleted("call_a", "billing", "look_up_order", "look_up_order", "{}", 2, 0.6), 2.2)
    run.event(ApprovalRequested("apr_1", "tool", "call_c", "billing", "refund", "refund", {"amount": 49.9}), 3.0)
    run.event(ApprovalDecided("apr_1", "call_c", "refund", "approved", "Within 30 days.", "Ada"), end - 1.0)
    run.event(ToolCalled("call_c", "billing", "refund", "function", "refund", {"amount": 49.9}), end - 1.0)
    run.event(ModelCallCompleted("1:/model:3", "billing", "rehearsal", True, ANSWER, 390, 40, 0.6), end)


def refund_run(run: SampleRun, *, decided_after: float = 2.0) -> str:
    """The refund, completed. Returns the run's id."""
    tell_refund(run, decided_after=decided_after)
    return complete(run, ANSWER, seconds=4.0 + decided_after, simulated=True)


def failed_run(run: SampleRun) -> str:
    """A provider answers 401 at the first model call. Returns the run's id."""
    begin(run)
    task = run.span("task", "Agent workflow", None, 0.1, 0.8, status="error", error="Wrong API key")
    agent = run.span("agent", "triage", task, 0.1, 0.8, agent="triage", status="error", error="Wrong API key")
    turn = run.span("turn", "Turn 1", agent, 0.1, 0.8, agent="triage", status="error", error="Wrong API key")
    run.model_call(
        turn,
        "triage",
        0.1,
        0.8,
        model="openai/gpt-5-mini",
        simulated=False,
        status="error",
        error="401 Unauthorized: Incorrect API key provided",
        payload={"input": [message("user", run.input)]},
    )
    run.event(AgentStarted("triage"), 0.1)
    return fail(
        run,
        code="provider_key",
        message="OpenAI did not accept the key.",
        hint="Enter a valid key in Settings → Providers, or set OPENAI_API_KEY.",
        seconds=0.8,
    )


def crashed_run(run: SampleRun) -> str:
    """The process died while a tool was at work; the spans were closed as lost. Returns the run's id."""
    begin(run)
    task = run.span("task", "Agent workflow", None, 0.1, None, status="lost")
    agent = run.span("agent", "billing", task, 0.1, None, agent="billing", status="lost")
    turn = run.span("turn", "Turn 1", agent, 0.1, None, agent="billing", status="lost")
    run.model_call(turn, "billing", 0.1, 0.7, tokens=(50, 9))
    run.span("tool", "refund", turn, 0.7, None, agent="billing", call_id="call_1", status="lost")
    return fail(
        run,
        code="in_doubt",
        message="The process that worked on this run died.",
        hint="Run it again.",
        seconds=2.0,
    )


def running_run(run: SampleRun) -> str:
    """A run at work: its last model call is open. Returns the run's id."""
    begin(run)
    task = run.span("task", "Agent workflow", None, 0.1, None)
    agent = run.span("agent", "triage", task, 0.1, None, agent="triage")
    turn = run.span("turn", "Turn 1", agent, 0.1, None, agent="triage")
    run.model_call(turn, "triage", 0.1, None)
    run.event(AgentStarted("triage"), 0.1)
    return run.write(status="running", lease_owner="elsewhere")


def team_run(run: SampleRun, *, workers: int = 4, calls: int = 3) -> str:
    """The team, completed. Returns the run's id."""
    tell_team(run, workers=workers, calls=calls)
    return complete(run, "All done.", seconds=20.0, agent="manager", simulated=True)


def tell_team(run: SampleRun, *, workers: int = 4, calls: int = 3) -> None:
    """A manager asks `workers` agents at the same time, each of which makes `calls` tool calls."""
    begin(run, entry="manager")
    task = run.span("task", "Agent workflow", None, 0.0, 20.0)
    manager = run.span("agent", "manager", task, 0.0, 20.0, agent="manager")
    turn = run.span("turn", "Turn 1", manager, 0.0, 18.0, agent="manager")
    run.model_call(turn, "manager", 0.0, 1.0, tokens=(90, 30))
    for number in range(workers):
        name = f"worker_{number + 1}"
        asked = run.span(
            "tool",
            f"ask_{name}",
            turn,
            1.0,
            17.0,
            agent="manager",
            call_id=f"call_{name}",
            payload={"arguments": {"input": "Look into it."}},
        )
        inner = run.span("task", "Agent workflow", asked, 1.0, 17.0)
        agent = run.span("agent", name, inner, 1.0, 17.0, agent=name)
        _tell_worker(run, agent, name, calls, 16.0 / max(1, calls))
    turn = run.span("turn", "Turn 2", manager, 18.0, 20.0, agent="manager")
    run.model_call(turn, "manager", 18.0, 20.0, tokens=(400, 120))


def _tell_worker(run: SampleRun, agent: str, name: str, calls: int, step: float) -> None:
    for number in range(calls):
        begin_at = 1.0 + number * step
        turn = run.span("turn", f"Turn {number + 1}", agent, begin_at, begin_at + step, agent=name)
        run.model_call(turn, name, begin_at, begin_at + step * 0.4, tokens=(60, 12))
        broken = number == 1 and name == "worker_2"
        run.span(
            "tool",
            "search_articles",
            turn,
            begin_at + step * 0.4,
            begin_at + step,
            agent=name,
            call_id=f"{name}_{number}",
            status="error" if broken else "ok",
            error="The search timed out after 5 s." if broken else None,
        )
