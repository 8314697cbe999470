"""What an organization says and the code does not, in sentences for the README and the export's report."""

from collections import Counter

from core.organization.flow import Block, flow_tree
from core.organization.memory import SummaryMemory
from core.organization.steps import AgentJoin, JoinStep
from core.sdk.codegen.frame import Frame
from core.sdk.codegen.project import models_of


def left_out(parts: Frame) -> list[str]:
    """All of it; what only describes (samples, positions, notes) is not worth a sentence."""
    org = parts.org
    found = [f"Several parts are called '{name}'; only the first is here." for name in _twice(parts)]
    for model in dict.fromkeys(models_of(org)):
        if model is not None and model.partition("/")[0] == "rehearsal":
            found.append(
                f"The model '{model}' is simulated and only there in the studio: name another before you run this."
            )
    if isinstance(org.run.memory, SummaryMemory):
        found.append(
            "Older turns of a long conversation are summarized by the studio only: this code gives all of them to "
            "the agents."
        )
    if not org.has_workflow:
        found += [
            f"'{agent.name}' has a task for a workflow, and there is no workflow."
            for agent in org.agents
            if agent.task or agent.sees_conversation
        ]
        return found
    reached = _names(flow_tree(org))
    found += [
        f"The step '{step.name}' is not reached from '{org.entry}'."
        for step in org.steps
        if step.name not in reached
    ]
    joining = {
        step.by.agent for step in org.steps if isinstance(step, JoinStep) and isinstance(step.by, AgentJoin)
    }
    for agent in org.agents:
        if agent.name not in reached | joining and (agent.task or agent.sees_conversation):
            found.append(f"'{agent.name}' has a task, but is no step of the workflow.")
    return found


def _twice(parts: Frame) -> list[str]:
    org = parts.org
    groups = (org.agents, org.tools, org.guardrails, org.steps)
    return [name for group in groups for name, count in Counter(part.name for part in group).items() if count > 1]


def _names(block: Block) -> set[str]:
    names: set[str] = set()
    for stage in block:
        names.add(stage.name)
        inner = [*stage.blocks.values(), *stage.branches, *([stage.on_error] if stage.on_error else [])]
        names |= {name for each in inner for name in _names(each)}
    return names
