"""Expressions, templates and conditions of a package's workflow: the original in the comment, or the Python."""

from __future__ import annotations

import ast
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.organization.steps import CelCondition, Condition
from core.sdk.codegen.expressions import Expressions
from core.sdk.reflect.cel_parts import UntranslatableError, field_of
from core.sdk.reflect.meanings import Cel, Fields, Meaning, as_cel, hole, plain_text
from core.sdk.reflect.package_module import PackageModule, UnreadableError, arguments, called, keywords
from core.sdk.reflect.python_cel import Translator

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)


class ExpressionReader:
    """Reads expressions; `counts` are the names of the rounds of the loops around, the innermost last."""

    def __init__(self, module: PackageModule) -> None:
        self._module = module
        self.counts: list[str] = []
        self.maps = 0
        """How many maps are around."""

    def value(self, node: ast.expr, original: str | None) -> str:
        """The CEL of a value."""
        return self._cel(node, original, condition=False)

    def template(self, node: ast.expr, original: str | None, *, output: str = "output") -> str:
        """A template: what the comment says while the code still says the same, else what the code says."""
        if original is not None and _same(self._written(output).template(original), node):
            return original
        text, unknown = _PackageTranslator(self._module, self._count).words(node)
        for source in unknown:
            note = f"`{source}` has no form in CEL and stands there as text."
            self._module.report.approximated("text of the workflow", self._module.where(node), note)
        return text

    def condition(self, node: ast.expr, original: str | None) -> Condition:
        """A condition: CEL, a comparison of a field, or a judge."""
        try:
            match called(node):
                case "field":
                    _, field, operator, value = arguments(node)
                    data = {"field": field, "operator": operator, "value": value}
                    return _CONDITION.validate_python({"kind": "field", **self._values(data)})
                case "judge":
                    data = {"statement": arguments(node)[2], **keywords(node)}
                    return _CONDITION.validate_python({"kind": "judge", **self._values(data)})
                case _:
                    return CelCondition(expression=self._cel(node, original, condition=True))
        except (UnreadableError, ValidationError, ValueError, IndexError):
            self._module.left(node, "This condition is not read; `false` stands there.")
            return CelCondition(expression="false")

    @property
    def _count(self) -> str | None:
        return self.counts[-1] if self.counts else None

    def _written(self, output: str = "output") -> Expressions:
        """How expressions are written at this place."""
        return Expressions(self._count, in_map=self.maps > 0, output=output)

    def _values(self, nodes: dict[str, ast.expr]) -> dict[str, Any]:
        return {name: self._module.value(node) for name, node in nodes.items()}

    def _cel(self, node: ast.expr, original: str | None, *, condition: bool) -> str:
        if original is not None:
            expressions = self._written()
            code = (
                expressions.condition(CelCondition(expression=original), "x", "x").code
                if condition
                else expressions.value(original)
            )
            if _same(code, node):
                return original
        translator = _PackageTranslator(self._module, self._count)
        try:
            return translator.condition(node) if condition else translator.expression(node)
        except UntranslatableError:
            kept = original if original is not None else "false" if condition else "output"
            note = f"It has no form in CEL; `{kept}` stands there."
            self._module.left(node, note)
            return kept


def _same(code: str, node: ast.expr) -> bool:
    """Whether code says the same as the node, however it is laid out."""
    try:
        tree = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return ast.dump(tree) == ast.dump(node)


class _PackageTranslator(Translator):
    """Knows the helpers of the package."""

    def __init__(self, module: PackageModule, count: str | None) -> None:
        self._count = count
        super().__init__(self._name, module.module.source)

    def _name(self, name: str) -> Meaning | None:
        if name == "here":
            return Fields(
                {
                    "input": Cel("input", "text"),
                    "steps": Cel("steps", "object"),
                    "state": Cel("state", "object"),
                    "error": Cel("error", "object"),
                }
            )
        if name == self._count and name is not None:
            return Cel("count", "number")
        return Cel(name) if name in {"output", "item", "index"} else None

    def words(self, node: ast.expr) -> tuple[str, list[str]]:
        """A template made of `text(…)`, `words(…)` and f-strings."""
        match node:
            case ast.Call(func=ast.Name(id="words"), args=parts):
                found = [self.words(part) for part in parts]
                return "".join(text for text, _ in found), [each for _, unknown in found for each in unknown]
            case ast.Call(func=ast.Name(id="text"), args=[inner]):
                return self.words(inner) if isinstance(inner, ast.JoinedStr) else self._hole(inner)
            case ast.JoinedStr(values=parts):
                found = [self.words(part) for part in parts]
                return "".join(text for text, _ in found), [each for _, unknown in found for each in unknown]
            case ast.FormattedValue(value=inner):
                return self.words(inner)
            case ast.Constant(value=str() as text):
                return plain_text(text), []
            case _:
                return self._hole(node)

    def _hole(self, node: ast.expr) -> tuple[str, list[str]]:
        known = as_cel(self.meaning(node))
        if known is not None:
            return hole(known.text), []
        source = self._source(node)
        return plain_text(f"{{{source}}}"), [source]

    def _call(self, node: ast.Call) -> Meaning:
        given = node.args
        match called(node), len(given):
            case "text" | "is_true", 1:
                return self._meaning(given[0])
            case "size", 1:
                return Cel(f"size({self._cel(given[0]).text})", "number")
            case "string", 1:
                return Cel(f"string({self._cel(given[0]).text})", "text")
            case "has", 2 if isinstance(given[1], ast.Constant):
                return Cel(f"has({field_of(self._cel(given[0]), str(given[1].value)).text})", "bool")
            case ("divide" | "remainder") as name, 2:
                left, right = self._cel(given[0]), self._cel(given[1])
                return Cel(f"{left.within(7)} {'/' if name == 'divide' else '%'} {right.within(8)}", "number", 7)
            case "evaluate", 2 if isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
                return Cel(f"({given[0].value})")
            case _:
                return super()._call(node)

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Cel:
        is_none = isinstance(right, ast.Constant) and right.value is None
        if called(left) == "search" and is_none:
            pattern, value = (self._cel(each) for each in arguments(left))
            found = Cel(f"{value.within(10)}.matches({pattern.text})", "bool")
            return self._not(found) if isinstance(operator, ast.Is) else found
        return super()._compared(left, operator, right)
