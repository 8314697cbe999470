"""Teams of AutoGen Studio as organizations: round robin and selector as loops, swarms as handoffs."""

from __future__ import annotations

from core.organization.spec import AgentSpec, FlowLink, JsonObject, Organization, RunSettings
from core.organization.steps import ApprovalStep, BranchCase, BranchStep, CelCondition, LoopStep, Step
from core.sdk.reflect.autogen_endings import Endings, read_endings
from core.sdk.reflect.autogen_files import Component
from core.sdk.reflect.autogen_parts import PartsReader
from core.sdk.reflect.meanings import quoted
from core.sdk.reflect.report import Imported, ImportProblemError, Report

SOURCE = "AutoGen Studio team"
ROUNDS = 20
"""The limit of rounds where the team had none."""
_CONVERSATION = {"task": "{{ input }}", "sees_conversation": True}


def import_team(team: Component, where: str, report: Report, *, name: str = "") -> Imported:
    """The organization of one team. Raises ImportProblemError when nobody is in it."""
    reader = _Team(team, where, report)
    if not reader.parts.agents:
        raise ImportProblemError(
            f"The team in '{where}' has no agents.",
            hint="Import a team with participants, as AutoGen Studio dumps it.",
        )
    title = name or team.label or team.text("name") or team.kind
    return Imported(reader.organization(title[:80]), report.finished(), SOURCE)


class _Team:
    def __init__(self, team: Component, where: str, report: Report) -> None:
        self._team = team
        self._where = where
        self._report = report
        self.parts = PartsReader(where, report)
        self._endings: Endings = read_endings(team.part("termination_condition"), where, report)
        self._steps: list[Step] = []
        self._flows: list[FlowLink] = []
        self._speakers: list[str] = []
        """Agents and approvals, in their order."""
        for participant in team.parts("participants"):
            self._participant(participant)
        self.parts.hand_over()

    def organization(self, name: str) -> Organization:
        """The team, in the way that it takes turns."""
        match self._team.kind:
            case "RoundRobinGroupChat":
                entry = self._round_robin()
            case "SelectorGroupChat":
                entry = self._selector()
            case "Swarm":
                entry = self._swarm()
            case kind:
                note = f"How a {kind} takes turns has no counterpart: its agents speak one after the other, once."
                self._report.approximated("team", self._where, note)
                entry = self._chain(self._speakers)
        return Organization(
            name=name,
            description=self._team.description[:2000],
            entry=entry,
            agents=self.parts.agents,
            tools=self.parts.tools,
            steps=self._steps,
            links=[*self.parts.links, *self._flows],
            run=self._limits(),
        )

    def _participant(self, found: Component) -> None:
        if found.kind == "UserProxyAgent":
            self._person(found)
        elif found.family == "team" or "participants" in found.config:
            note = "A team within a team is not read; import it on its own."
            self._report.not_carried(f"team '{found.label or found.kind}'", self._where, note)
        else:
            self._speakers.append(self.parts.agent(found))

    def _person(self, found: Component) -> None:
        if self._team.kind == "Swarm":
            note = "The person answers with the next input of the conversation."
            self._report.not_carried(f"person '{found.text('name')}'", self._where, note)
            return
        name = self.parts.names.node(found.text("name") or "Person", "Person")
        self._steps.append(ApprovalStep(name=name, question="What the team has so far: {{ output }}\n\nGo on?"))
        self._speakers.append(name)
        note = "A person who writes became one who approves or rejects; both ways go on."
        self._report.approximated(f"person '{name}'", self._where, note)

    # -- ways to take turns -----------------------------------------------------------------------

    def _round_robin(self) -> str:
        self._converse()
        turns = self._team.number("max_turns")
        rounds = self._endings.rounds(int(turns) if turns else None, len(self._speakers), usual=ROUNDS)
        if rounds == 1 and not self._endings.words:
            return self._chain(self._speakers)
        values = [f"steps[{quoted(agent.name)}]" for agent in self.parts.agents]
        loop = self._loop(self._endings.until(values), rounds)
        self._report.approximated(
            "team", self._where, "Taking turns became a loop; whether it ends is asked after each round."
        )
        first = self._chain(self._speakers, back=loop)
        self._flows.insert(0, FlowLink(source=loop, target=first, port="body"))
        return loop

    def _selector(self) -> str:
        self._converse()
        turns = self._team.number("max_turns")
        rounds = self._endings.rounds(int(turns) if turns else None, 1, usual=ROUNDS)
        loop = self._loop(self._endings.until(["output"]), rounds)
        chooser = self._chooser()
        branch = self.parts.names.node("Next speaker", "Next speaker")
        cases = [
            BranchCase(
                name=f"speaker_{number + 1}",
                condition=CelCondition(expression=f"output.speaker == {quoted(speaker)}"),
            )
            for number, speaker in enumerate(self._speakers)
        ]
        self._steps.append(BranchStep(name=branch, cases=cases))
        self._flows += [
            FlowLink(source=loop, target=chooser, port="body"),
            FlowLink(source=chooser, target=branch),
            FlowLink(source=branch, target=loop, port="default"),
        ]
        for case, speaker in zip(cases, self._speakers, strict=True):
            self._flows.append(FlowLink(source=branch, target=speaker, port=case.name))
            self._lead_on(speaker, loop)
        note = "The choice of the next speaker became an agent, a branch and a loop."
        self._report.approximated("team", self._where, note)
        return loop

    def _swarm(self) -> str:
        if self._endings.words:
            note = "A swarm ends when an agent answers without handing over."
            self._report.not_carried("end at a text", self._where, note)
        self._report.carried("team", self._where, "A swarm is agents with handoffs.")
        return self._speakers[0] if self._speakers else ""

    def _chain(self, names: list[str], *, back: str = "") -> str:
        """Flow links from each to the next; gives the first. With one alone and nothing around there are none."""
        for source, target in zip(names, [*names[1:], back], strict=True):
            if target:
                self._lead_on(source, target)
        return names[0] if names else ""

    def _lead_on(self, source: str, target: str) -> None:
        step = next((step for step in self._steps if step.name == source), None)
        ways = ["approved", "rejected"] if isinstance(step, ApprovalStep) else ["out"]
        self._flows += [FlowLink(source=source, target=target, port=port) for port in ways]

    def _loop(self, until: str, limit: int) -> str:
        name = self.parts.names.node("Rounds", "Rounds")
        self._steps.append(LoopStep(name=name, until=CelCondition(expression=until), limit=limit))
        return name

    def _chooser(self) -> str:
        name = self.parts.names.node("Selector", "Selector")
        client = self._team.part("model_client")
        people = "\n".join(f"- {agent.name}: {agent.handoff_description}" for agent in self.parts.agents)
        prompt = self._team.text("selector_prompt") or "Choose who speaks next.\n\n{roles}"
        prompt = prompt.replace("{roles}", people).replace("{participants}", ", ".join(self._speakers))
        schema: JsonObject = {
            "type": "object",
            "title": "NextSpeaker",
            "properties": {"speaker": {"type": "string", "enum": list(self._speakers)}},
            "required": ["speaker"],
            "additionalProperties": False,
        }
        self.parts.agents.append(
            AgentSpec(
                name=name,
                instructions=prompt.replace("{history}", "(the conversation so far)"),
                model=self.parts.model(client, f"agent '{name}'"),
                output_schema=schema,
                task="{{ input }}",
                sees_conversation=True,
            )
        )
        return name

    def _converse(self) -> None:
        """All agents see what was said, and are told the input again."""
        self.parts.agents = [agent.model_copy(update=_CONVERSATION) for agent in self.parts.agents]

    def _limits(self) -> RunSettings:
        turns = self._team.number("max_turns") if self._team.kind == "Swarm" else None
        limits: dict[str, object] = {"max_turns": int(min(turns, 1000))} if turns and turns >= 1 else {}
        limits |= {"timeout_seconds": self._endings.seconds} if self._endings.seconds else {}
        return RunSettings.model_validate(limits)
