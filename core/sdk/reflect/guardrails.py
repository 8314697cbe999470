"""Guardrails of agents: patterns and words as such, agents that judge as judges, the rest as code for a judge."""

from __future__ import annotations

import ast
import re
from typing import Literal

from core.organization.spec import GuardrailSpec, JudgeGuardrailSpec, KeywordGuardrailSpec, RegexGuardrailSpec
from core.sdk.reflect.finder import Finder, FoundAgent, decorators
from core.sdk.reflect.names import Names
from core.sdk.reflect.settings import model_of, written
from core.sdk.reflect.values import Const, External, Frame, Function, Items, Made, Value, text_of

Stage = Literal["input", "output"]
_SEARCHES = {"re.search", "re.match", "re.fullmatch", "re.findall", "re.finditer", "re.compile"}


class GuardrailReader:
    """Makes the guardrail specs of an import."""

    def __init__(self, finder: Finder, names: Names) -> None:
        self._finder = finder
        self._names = names
        self.specs: list[GuardrailSpec] = []
        self.judges: dict[int, FoundAgent] = {}
        """Agents that only guardrails ask, by the id of the call that makes them."""
        self._by_key: dict[tuple[int, Stage], str] = {}

    def name(self, value: Value, stage: Stage, where: str, owner: str) -> str | None:
        """The name of the guardrail that a value is; None, and an entry in the report, when only running tells."""
        wanted = ""
        if isinstance(value, Made) and value.maker in {"agents.InputGuardrail", "agents.OutputGuardrail"}:
            wanted = text_of(self._finder.option(value, "name")) or ""
            value = self._finder.option(value, "guardrail_function", 0) or value
        if not isinstance(value, Function):
            note = f"Only running tells what it does: `{written(value)}`."
            self._finder.report.not_carried(f"{stage} guardrail of '{owner}'", where, note)
            return None
        key = (id(value.node), stage)
        if key not in self._by_key:
            self._by_key[key] = self._made(value, wanted or self._given_name(value), stage)
        return self._by_key[key]

    def _given_name(self, function: Function) -> str:
        for _, options in decorators(self._finder.evaluator, function):
            name = text_of(self._finder.option(options, "name")) if options else None
            if name:
                return name
        return function.node.name

    def _made(self, function: Function, wanted: str, stage: Stage) -> str:
        name = self._names.node(wanted, "Guardrail")
        scope = function.frame.scope.inner[id(function.node)]
        frame = next(iter(self._finder.evaluator.runs.get(id(scope), {}).values()), None)
        inside = frame or self._finder.evaluator.frame(scope)
        where = function.frame.module.where(function.node)
        spec = (
            self._judge(name, stage, inside, where)
            or self._pattern(name, stage, inside, where)
            or self._words(name, stage, function, inside, where)
            or self._code(name, stage, function, where)
        )
        self.specs.append(spec)
        return name

    def _judge(self, name: str, stage: Stage, frame: Frame, where: str) -> GuardrailSpec | None:
        """A guardrail that runs an agent and looks at its answer."""
        for run in self._finder.runs:
            if run.frame.scope is not frame.scope or not run.call.args:
                continue
            agent = self._finder.agent(self._finder.evaluator.value(run.call.args[0], run.frame))
            if agent is None:
                continue
            self.judges[id(agent.made.call)] = agent
            instructions = text_of(self._finder.field(agent, "instructions")) or ""
            if not instructions.strip():
                return None
            what = f"guardrail '{name}'"
            note = "The agent that it asks became a judge with its instructions; the judge answers yes or no."
            self._finder.report.approximated(what, where, note)
            return JudgeGuardrailSpec(
                name=name, stage=stage, instructions=instructions, model=model_of(self._finder, agent, what)
            )
        return None

    def _pattern(self, name: str, stage: Stage, frame: Frame, where: str) -> GuardrailSpec | None:
        """A guardrail that searches for one pattern."""
        for call in frame.scope.calls:
            value = self._finder.evaluator.value(call, frame)
            if not (isinstance(value, Made) and value.maker in _SEARCHES and call.args):
                continue
            pattern = self._finder.evaluator.value(call.args[0], frame)
            if isinstance(pattern, Made) and pattern.call.args:
                pattern = self._finder.evaluator.value(pattern.call.args[0], pattern.frame)
            text = text_of(pattern)
            if not isinstance(pattern, Const) or not text or not _is_pattern(text):
                continue
            ignores = "IGNORECASE" in ast.dump(call) or "attr='I'" in ast.dump(call)
            self._finder.report.approximated(
                f"guardrail '{name}'", where, "It trips when the pattern is found; other code in it was left out."
            )
            return RegexGuardrailSpec(name=name, stage=stage, pattern=text, ignore_case=ignores)
        return None

    def _words(
        self, name: str, stage: Stage, function: Function, frame: Frame, where: str
    ) -> GuardrailSpec | None:
        """A guardrail that looks for words: `"secret" in text`, `any(word in text for word in WORDS)`."""
        found: list[str] = []
        for node in ast.walk(function.node):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
                left = self._finder.evaluator.value(node.left, frame)
                if isinstance(left, Const) and isinstance(left.value, str):
                    found.append(left.value)
            elif isinstance(node, ast.comprehension) and _asks_for(node, function):
                words = self._finder.evaluator.value(node.iter, frame)
                if isinstance(words, Items) and not words.unknown:
                    found += [text for item in words.items if (text := text_of(item))]
        words_ = [word for word in dict.fromkeys(found) if word.strip()]
        if not words_:
            return None
        note = "It trips when one of the words occurs; other code in it was left out."
        self._finder.report.approximated(f"guardrail '{name}'", where, note)
        return KeywordGuardrailSpec(name=name, stage=stage, keywords=words_)

    def _code(self, name: str, stage: Stage, function: Function, where: str) -> GuardrailSpec:
        code = function.frame.module.source(function.node)
        note = "Its code is kept as the instructions of a judge; write the rule in words instead."
        self._finder.report.approximated(f"guardrail '{name}'", where, note)
        rule = f"What this Python function ({where}) would stop by setting its tripwire must not pass:\n\n{code}"
        return JudgeGuardrailSpec(name=name, stage=stage, instructions=rule)


def guardrail_functions(finder: Finder) -> set[int]:
    """Ids of the functions that are decorated as guardrails, whose runs are not those of the organization."""
    names = {"agents.input_guardrail", "agents.output_guardrail", "agents.tool_input_guardrail"}
    found: set[int] = set()
    for module in finder.project.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list:
                values = [
                    finder.evaluator.value(each, finder.evaluator.frame(module.scope))
                    for each in node.decorator_list
                ]
                made = [
                    value.name if isinstance(value, External) else getattr(value, "maker", "") for value in values
                ]
                if any(".".join(["agents", name.rpartition(".")[2]]) in names for name in made):
                    found.add(id(node))
    return found


def _asks_for(node: ast.comprehension, function: Function) -> bool:
    """Whether a comprehension asks for each word whether it is in something."""
    target = node.target.id if isinstance(node.target, ast.Name) else ""
    return any(
        isinstance(each, ast.Compare)
        and isinstance(each.ops[0], ast.In)
        and any(isinstance(name, ast.Name) and name.id == target for name in ast.walk(each.left))
        for each in ast.walk(function.node)
    )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
