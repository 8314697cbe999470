"""What the agents of the matrix can call. Effects are rows of the ledger, with the id of the call."""

from agents import Agent, RunConfig, Runner

from core.toolbox.context import current_call_id
from tests.kill_matrix.death import Ledger, moment


def look(what: str) -> str:
    """Look at something."""
    moment(f"looking at {what}")
    return f"{what} is fine."


def note(what: str) -> str:
    """Note something down."""
    moment(f"before the effect on {what}")
    Ledger.current().add_effect(current_call_id.get(), what)
    moment(f"after the effect on {what}")
    return f"Noted {what}."


async def consult(question: str) -> str:
    """Ask an expert: an agent that this function runs by itself."""
    from tests.kill_matrix.player import Player

    expert = Agent(name="expert", instructions="You are expert.", model=Player())
    result = await Runner.run(expert, question, run_config=RunConfig(tracing_disabled=False))
    moment("the expert has answered")
    return str(result.final_output)
