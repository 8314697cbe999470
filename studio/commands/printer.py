"""A run in words: answers on standard output, what surrounds them on standard error."""

from typing import Any

from studio.commands.output import one_line, say, tell

Event = dict[str, Any]


_GOES_ON = {"resume": "goes on", "retry": "tried again"}


class Printer:
    """Writes events for a person."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._answered = False
        """Whether the last thing that happened was an answer in words."""
        self._line_is_open = False

    def text(self, delta: Event) -> None:
        """A piece of an answer of the outermost run; what was shown of it before is left out."""
        new = delta["text"][max(0, self._shown.get(delta["call"], 0) - delta["offset"]) :]
        if delta["path"] or not new:
            return
        self._shown[delta["call"]] = delta["offset"] + len(delta["text"])
        say(new, end="")
        self._line_is_open = True

    def event(self, event: Event) -> None:
        """One fact."""
        match event["kind"]:
            case "text_delta":
                self.text(event)
            case "model_call_started":
                self._shown.pop(event["call"], None)
            case "model_call_retried":
                self._void(event)
            case "model_call_completed" if event["text"] and not event["path"]:
                self._end_answer(event)
            case "run_completed" if not self._answered:
                # A tool's result that is the answer by itself.
                say(event["output"])
            case _:
                self._note(event)

    def _end_answer(self, event: Event) -> None:
        self._answered = True
        if not self._line_is_open:
            say(event["text"], end="")
        self._line_is_open = True
        self._close_line()
        if event["simulated"]:
            tell("  [simulated]")

    def _void(self, event: Event) -> None:
        """What was written cannot be taken back: say that it does not count."""
        void = self._shown.pop(event["call"], 0) > 0
        self._note(event)
        if void:
            tell("  What was written of this answer is void.")

    def _close_line(self) -> None:
        if self._line_is_open:
            say("")
            self._line_is_open = False

    def _note(self, event: Event) -> None:
        if event["kind"] == "tool_called" and not event["path"]:
            self._answered = False
        line = _note(event)
        if line is not None:
            self._close_line()
            path = event.get("path", "")
            # A step's own path is that of what happens in it.
            depth = path.count("/") + (not event["kind"].startswith("step_")) if path else 0
            tell(f"{'  ' * depth}{line}")


def _note(event: Event) -> str | None:
    match event["kind"]:
        case "agent_started":
            return f"· {event['agent']}"
        case "step_started" | "step_finished" | "step_failed":
            return _step(event)
        case "model_call_held":
            return f"… waits for the provider's limit: {event['limit']}"
        case "model_call_retried":
            return f"↻ {one_line(event['reason'], 160)} {_again(event)}"
        case "conversation_shortened":
            how = "remembered as a summary" if event["how"] == "summary" else "left out"
            return f"… earlier turns {how}: {event['turns']}; kept as they are: {event['kept']}"
        case "handoff_occurred":
            return f"→ {event['source']} hands off to {event['target']}"
        case "tool_called":
            return f"⚒ {event['tool']} {one_line(str(event['arguments']), 100)}"
        case "tool_completed":
            return f"✓ {event['tool']}: {one_line(event['output'], 100)}"
        case "tool_failed":
            return f"✗ {event['tool']}: {one_line(event['error'], 160)}"
        case "guardrail_checked" if event["tripped"]:
            return f"✗ guardrail {event['guardrail']}: {event['reason']}"
        case "approval_requested":
            return _request(event)
        case "approval_decided":
            return f"! {event['verdict']}: {event['tool']} {event['reason']}".rstrip()
        case "run_paused":
            return f"‖ paused {_by(event)}".rstrip()
        case "run_steered":
            return f"› {one_line(event['text'], 300)}"
        case "run_forked":
            return f"⑂ forked, changed: {', '.join(event['changed'])}" if event["changed"] else "⑂ forked"
        case "run_resumed" if event["reason"] in _GOES_ON:
            return f"↻ {_GOES_ON[event['reason']]}"
        case "run_failed":
            return f"✗ {event['message']}\n  {event['hint']}".rstrip()
        case _:
            return None


def _by(event: Event) -> str:
    return f"by {event['by']}" if event["by"] else ""


def _again(event: Event) -> str:
    """When the next attempt begins, and which it is."""
    wait = event["wait_seconds"]
    when = f"in {wait:.0f} s" if wait >= 1 else "at once"
    return f"Trying again {when} ({event['attempt']} of {event['attempts']})."


def _step(event: Event) -> str | None:
    """A step of a workflow; the numbers of rounds and items, and the way that a branch took."""
    name = _part_of_step(event)
    match event["kind"]:
        case "step_started":
            return f"▸ {name}"
        case "step_failed":
            return f"✗ {name}: {one_line(event['message'], 160)}"
        case _:
            way = f" → {event['port']}" if event["step_kind"] in ("branch", "approval") else ""
            status = f" ({event['status']})" if event["status"] != "done" else ""
            return f"◂ {name}{way}{status}: {one_line(event['value'], 100)}".rstrip(": ")


def _part_of_step(event: Event) -> str:
    part = str(event["path"].rpartition("/")[2])
    match event["step_kind"]:
        case "loop":
            return part
        case "map" if part[:1].isdigit():
            return f"{event['step']}#{part}"
        case _:
            return str(event["step"])


def _request(event: Event) -> str:
    if event["approval_kind"] == "step":
        asks = f"{event['tool']} asks: {one_line(event['arguments']['question'], 300)}"
    else:
        verb = "asks to call" if event["approval_kind"] == "tool" else "may have called"
        asks = f"{event['agent']} {verb} {event['tool']} {one_line(str(event['arguments']), 100)}"
    return (
        f"? {asks}\n"
        f"  studio approvals approve {event['approval_id']}   or   "
        f'studio approvals reject {event["approval_id"]} --reason "…"'
    )
