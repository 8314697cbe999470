"""What the names and expressions in a workflow's code mean, and what of it only running could tell."""

from __future__ import annotations

import ast

from core.sdk.reflect.cel_parts import UntranslatableError, constant
from core.sdk.reflect.finder import RUN_MAKERS
from core.sdk.reflect.hosted_guardrails import HostedGuardrails
from core.sdk.reflect.meanings import (
    Cel,
    Fields,
    Given,
    Guarded,
    History,
    Meaning,
    RunOf,
    State,
    Unknown,
    as_cel,
    hole,
)
from core.sdk.reflect.python_cel import Translator
from core.sdk.reflect.python_code import PythonReader
from core.sdk.reflect.run_inputs import read_input
from core.sdk.reflect.values import Frame, Made, plain


class CodeNames:
    """The names of a function that runs agents, while its statements are walked."""

    def __init__(self, reader: PythonReader, frame: Frame, guardrails: HostedGuardrails) -> None:
        self._reader = reader
        self._report = reader.report
        self._frame = frame
        self._module = frame.module
        self.guardrails = guardrails
        self.names: dict[str, Meaning] = {}
        self.texts: dict[str, ast.expr] = {}
        """What names were last given, for texts that read best as they were written."""
        self.translator = Translator(self._look_up, self._module.source)
        self.value = Cel("input", "text")
        """What the last node gives on."""

    def meant(self, value: ast.expr) -> Meaning:
        """What a name means that is given this value."""
        call = value.value if isinstance(value, ast.Await) else value
        if isinstance(call, ast.Call) and self.guardrails.found(call):
            return Guarded()
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "model_dump":
            meaning = self.translator.meaning(call.func.value)
            return Given() if isinstance(meaning, Given | Unknown) else meaning
        if isinstance(value, ast.Constant) and value.value in ("", None):
            return Cel('""', "text") if value.value == "" else Cel("null", "null")
        return self.translator.meaning(value)

    def _look_up(self, name: str) -> Meaning | None:
        if name == "state":
            return self.names.get(name, State())
        found = self.names.get(name)
        if found is None:
            known = self._reader.finder.evaluator.lookup(name, self._frame, ast.Pass())
            try:
                return constant(plain(known)) if known is not None else None
            except (ValueError, UntranslatableError):
                return None
        return found

    def run_of(self, value: ast.expr) -> ast.Call | None:
        """The `Runner.run(…)` that an expression is."""
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call):
            return None
        found = self._reader.finder.evaluator.value(call, self._frame)
        return call if isinstance(found, Made) and found.maker in RUN_MAKERS else None

    def history(self, value: ast.expr) -> Meaning:
        """What the list of messages means that is given this value."""
        given = read_input(value, self.translator, self._module.source)
        if given.sees_conversation and not given.texts:
            return History(given.start)
        return History("\n\n".join(given.texts) or hole("input"))

    def asked(self, test: ast.expr, *, negated: bool = False) -> str:
        """The CEL of a condition; of one that has none, `false` and an entry in the report."""
        try:
            return self.translator.negated(test) if negated else self.translator.condition(test)
        except UntranslatableError:
            source = self._module.source(test)
            note = (
                f"`{source}` has no form in CEL; `{'true' if negated else 'false'}` stands there: write it anew."
            )
            self._report.not_carried("condition", self._module.where(test), note)
            return "true" if negated else "false"

    def approval_of(self, test: ast.expr) -> tuple[ast.Call, bool] | None:
        """The call in `if approval_request(…)`, and whether the body is for a refusal."""
        refused = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        inner = test.operand if isinstance(test, ast.UnaryOp) and refused else test
        inner = inner.value if isinstance(inner, ast.Await) else inner
        if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)):
            return None
        if inner.func.id.startswith("approval_request"):
            return inner, refused
        return None

    def is_tripped(self, test: ast.expr) -> bool:
        """Whether a condition asks if a guardrail has tripped."""
        return self.translator.meaning(test) == Guarded(tripped=True)

    def bind_ahead(self, body: list[ast.stmt]) -> None:
        """Let the names that a body binds to runs mean these before it is walked."""
        for statement in body:
            if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
                continue
            name, run = statement.targets[0].id, self.run_of(statement.value)
            if run is None:
                self.names[name] = self.meant(statement.value)
                continue
            made = self._reader.finder.evaluator.value(run, self._frame)
            assert isinstance(made, Made)
            agent = self._reader.finder.agent(self._reader.finder.option(made, "starting_agent", 0))
            if agent is not None:
                spec = self._reader.specs[id(agent)]
                self.names[name] = RunOf(spec.name, spec.output_schema)

    def assigned(self, name: str, value: ast.expr) -> dict[str, str]:
        """A variable of the state with the CEL of its new value; nothing, and an entry, when there is none."""
        try:
            return {name: self.translator.expression(value)}
        except UntranslatableError:
            source = self._module.source(value)
            note = f"`{source}` has no form in CEL."
            self._report.not_carried(f"value of the state '{name}'", self._module.where(value), note)
            return {}

    def ending(self, meaning: Meaning, node: ast.expr) -> tuple[str, bool]:
        """The template of a returned value, and whether it is the one that arrives anyway."""
        if isinstance(meaning, Fields) and "output_text" in meaning.fields:
            meaning = meaning.fields.get("output_parsed", meaning.fields["output_text"])
        if isinstance(meaning, Guarded):
            return "", True
        known = as_cel(meaning)
        if known is None:
            note = f"`{self._module.source(node)[:200]}` has no form in CEL; the last value is the output."
            self._report.approximated("output", self._module.where(node), note)
            return "", True
        return hole(known.text), known.text == self.value.text

    def left(self, node: ast.AST, note: str = "") -> None:
        """Say in the report that a piece of code was left out."""
        source = " ".join(self._module.source(node).split())
        code = f"`{source[:120]}{'…' if len(source) > 120 else ''}`"
        self._report.not_carried(f"code {code}", self._module.where(node), note)
