"""Worker processes for the organization `till`, made by forking one that has imported everything already.

Its tools count their effects in a file, and wait while a file says so: a test can end the process at that moment.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from agents.items import ModelResponse, TResponseStreamEvent
from agents.models.interface import Model
from agents.testing import assistant_message, function_call
from openai.types.responses import Response, ResponseCompletedEvent, ResponseTextDeltaEvent

from core.bootstrap import Core
from core.organization.spec import AgentSpec, AlwaysApprove, FunctionToolSpec, Organization, UsesLink
from core.settings import ServerAddress, Settings
from studio.commands.worker import work_until_told

FOLDER = "STUDIO_TEST_FOLDER"
PIECES = [f"word{number} " for number in range(20)]
PIECE_SECONDS = 0.02


def pay(who: str) -> str:
    """Pay somebody."""
    _stop_at("pay", who)
    with (_folder() / "ledger").open("a") as ledger:
        ledger.write(f"{who}\n")
    _stop_at("paid", who)
    return f"Paid {who}."


def look(who: str) -> str:
    """Look at somebody's bill."""
    _stop_at("look", who)
    return f"{who} gets 7."


def till(*, approval: bool = False) -> Organization:
    """A cashier who looks, pays and talks."""
    rule = {"approval": AlwaysApprove()} if approval else {}
    return Organization(
        name="Till",
        entry="cashier",
        agents=[AgentSpec(name="cashier", instructions="Pay.")],
        tools=[
            FunctionToolSpec(name="look", function="tests.support.till_worker:look", effect="reads"),
            FunctionToolSpec(name="pay", function="tests.support.till_worker:pay", effect="writes", **rule),
        ],
        links=[UsesLink(source="cashier", target="look"), UsesLink(source="cashier", target="pay")],
    )


class CashierModel(Model):
    """Decides by what is in its input, so that any process goes on where another one was."""

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        """Not used: the engine streams."""
        raise AssertionError("streamed only")

    async def stream_response(
        self, system_instructions: Any, input: Any, *args: Any, **kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Look, pay, and then talk."""
        items = [{"role": "user", "content": input}] if isinstance(input, str) else list(input)
        who = str(items[0]["content"])
        done = [item["name"] for item in items if item.get("type") == "function_call"]
        for tool in ("look", "pay"):
            if tool not in done:
                yield _completed(function_call(tool, {"who": who}, call_id=f"{tool}-{who}"))
                return
        await asyncio.to_thread(_stop_at, "talk", who)
        said = []
        for number, word in enumerate(PIECES):
            # For measuring: when it was said.
            said.append(f"{time.time():.6f} " if who.startswith("time") else word)
            yield _delta(said[-1], number)
            await asyncio.sleep(PIECE_SECONDS)
        yield _completed(assistant_message("".join(said)))


def _stop_at(moment: str, who: str) -> None:
    """Say that the moment has come, and wait while the test holds it."""
    (_folder() / f"at-{moment}-{who}-{os.getpid()}").touch()
    while (_folder() / f"hold-{moment}").exists():
        time.sleep(0.01)


def _folder() -> Path:
    return Path(os.environ[FOLDER])


_numbers = count()


def _completed(item: Any) -> ResponseCompletedEvent:
    response = Response(
        id=f"r{next(_numbers)}",
        created_at=0,
        model="cashier",
        object="response",
        output=[item],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
    )
    return ResponseCompletedEvent(type="response.completed", sequence_number=99, response=response)


def _delta(piece: str, number: int) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        delta=piece,
        content_index=0,
        output_index=0,
        item_id="m1",
        logprobs=[],
        sequence_number=number,
    )


def _work(order: dict[str, Any]) -> None:
    folder = Path(order["folder"])
    os.environ[FOLDER] = str(folder)
    log = os.open(folder / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    url = order["url"]
    settings = Settings(
        data_dir=folder,
        rehearsal_pace="instant",
        server=ServerAddress(url) if url else None,
        role="worker",
        lease_seconds=order["lease"],
        executor=order["executor"],
    )
    core = Core(settings, build_model=lambda _resolved: CashierModel())
    work_until_told(core)
    core.close()


def main() -> None:
    """For each line on standard input, which is a JSON object, start a worker and say its process id."""
    import core.engine.segment  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            try:
                _work(orjson.loads(line))
            finally:
                # Not through the parent's exit handlers.
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
