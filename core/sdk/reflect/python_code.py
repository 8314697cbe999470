"""Static import: Python files that use the Agents SDK become an organization; nothing of them is run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from core.organization.check import check
from core.organization.spec import Link, Organization
from core.sdk.reflect.agents import agent_name, agent_spec
from core.sdk.reflect.finder import Finder, FoundAgent
from core.sdk.reflect.guardrails import GuardrailReader, guardrail_functions
from core.sdk.reflect.links import LinkReader
from core.sdk.reflect.names import Names
from core.sdk.reflect.report import Imported, ImportProblemError, Report
from core.sdk.reflect.runs import choose_entry, inside, report_runs, run_settings, samples, starts
from core.sdk.reflect.servers import ServerReader
from core.sdk.reflect.sources import SourceFile
from core.sdk.reflect.tools import ToolReader

SOURCE = "Python code with the Agents SDK"


class PythonReader:
    """All that is read from the files, before the workflow."""

    def __init__(self, files: Sequence[SourceFile], report: Report) -> None:
        self.report = report
        self.finder = Finder(files, report)
        self.node_names = Names()
        self.tools = ToolReader(self.finder, self.node_names)
        self.servers = ServerReader(self.finder, self.node_names, self.tools)
        self.guardrails = GuardrailReader(self.finder, self.node_names)
        self.names: dict[int, str] = {}
        """Names of the found agents by their id."""
        for found in self.finder.agents:
            self.names[id(found)] = self._name(found)
        self.specs = {id(found): agent_spec(self.finder, found, self.name(found)) for found in self.finder.agents}
        self.links = self._links()

    def name(self, found: FoundAgent) -> str:
        """The name of a found agent here."""
        return self.names[id(found)]

    def agents_only(self, name: str) -> Organization:
        """The agents with their links, without what starts them."""
        return self._without_idle_choices(
            Organization(
                name=name,
                agents=[self.specs[id(found)] for found in self.finder.agents],
                tools=self.tools.specs,
                guardrails=self.guardrails.specs,
                links=self.links,
            )
        )

    def organization(self, name: str) -> Organization:
        """The agents with their links, started as the code does."""
        guarding = guardrail_functions(self.finder)
        begun = [
            (run, agent)
            for run, agent in starts(self.finder, guarding)
            if not inside(run.frame, guarding | self._tool_nodes())
        ]
        entry = choose_entry(self.finder.agents, begun, self.links, self.names, set(self.guardrails.judges))
        report_runs(self.finder, begun)
        self._several(begun)
        return self.agents_only(name).model_copy(
            update={
                "entry": self.name(entry) if entry else "",
                "run": run_settings(self.finder, begun),
                "samples": samples(self.finder, begun, entry),
            }
        )

    def _without_idle_choices(self, org: Organization) -> Organization:
        """Without the duty to call a tool where the tools could not be carried: nothing could run otherwise."""
        idle = {problem.node for problem in check(org) if problem.code == "tool_choice_unknown"}
        agents = []
        for agent in org.agents:
            if agent.name in idle:
                what = f"tool choice '{agent.settings.tool_choice}' of agent '{agent.name}'"
                self.report.not_carried(what, "", "The tools that it is for were not carried.")
                settings = agent.settings.model_copy(update={"tool_choice": None})
                agents.append(agent.model_copy(update={"settings": settings}))
            else:
                agents.append(agent)
        return org.model_copy(update={"agents": agents})

    def _tool_nodes(self) -> set[int]:
        return {id(function.node) for function in self.finder.tools}

    def _name(self, found: FoundAgent) -> str:
        wanted = agent_name(self.finder, found)
        name = self.node_names.node(wanted, "Agent")
        if name != wanted and wanted.strip() and name != " ".join(wanted.split()):
            note = f"Its name '{wanted[:80]}' was taken." if len(wanted) <= 80 else "Its name was too long."
            self.report.approximated(f"agent '{name}'", found.where, note)
        return name

    def _links(self) -> list[Link]:
        reader = LinkReader(
            self.finder, self.name, tools=self.tools, servers=self.servers, guardrails=self.guardrails
        )
        for found in self.finder.agents:
            reader.read(found)
        return reader.links

    def _several(self, begun: Sequence[tuple[object, FoundAgent]]) -> None:
        """More than one agent is started: Python decides the order, which is not read."""
        names = list(dict.fromkeys(self.name(agent) for _, agent in begun))
        if len(names) > 1:
            where = begun[1][1].where
            listed = ", ".join(names[:6])
            note = f"The code starts {len(names)} agents itself ({listed}); what comes when is not read."
            self.report.not_carried("order of the runs", where, note)


def import_python(files: Sequence[SourceFile], report: Report, *, name: str = "") -> Imported:
    """The organization that Python files make. Raises ImportProblemError when there is no agent in them."""
    reader = PythonReader(files, report)
    if not reader.finder.agents:
        raise no_agents(files, report)
    return Imported(reader.organization(name or organization_name(files)), report.finished(), SOURCE)


def no_agents(files: Sequence[SourceFile], report: Report) -> ImportProblemError:
    """What to say when nothing was found."""
    broken = [entry for entry in report.entries if entry.fate == "not_carried" and entry.what == "file"]
    where = f"'{files[0].path}'" if len(files) == 1 else f"{len(files)} files"
    first = f" {broken[0].where}: {broken[0].note}" if broken else ""
    return ImportProblemError(
        f"There is no agent in {where}.{first}",
        hint="Import the files in which `Agent(…)` of the Agents SDK is called, with those that they import.",
    )


def organization_name(files: Sequence[SourceFile]) -> str:
    """A name made of the file's, or of the folder that all files are in."""
    paths = [PurePosixPath(file.path) for file in files]
    shared = {path.parts[0] for path in paths}
    stem = paths[0].stem if len(paths) == 1 else shared.pop() if len(shared) == 1 else "Imported organization"
    if stem in {"pasted", "__init__", "main"}:
        stem = "Imported organization"
    return stem.replace("_", " ").replace("-", " ").strip().capitalize()[:80] or "Imported organization"
