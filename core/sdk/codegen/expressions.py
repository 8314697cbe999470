"""Expressions, templates and conditions of a workflow in Python, each with its original beside it."""

import ast
import json
import re
from dataclasses import dataclass

from core.organization.steps import CelCondition, Condition, FieldCondition, JudgeCondition
from core.sdk.codegen.calls import call
from core.sdk.codegen.cel import translate
from core.sdk.codegen.literals import literal, quoted

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LONGEST_LINE = 90


@dataclass(frozen=True, slots=True)
class ConditionCode:
    """A condition in Python."""

    code: str
    remarks: list[str]


class Expressions:
    """Translates expressions at a place: `count` is what the round of the loop around is called there, if there is
    one; `in_map` says whether there is an item."""

    def __init__(self, count: str | None = None, *, in_map: bool = False, output: str = "output") -> None:
        around = {"count": count} if count else {}
        self._variables = {
            "input": "here.input",
            "output": output,
            "steps": "here.steps",
            "state": "here.state",
            "error": "here.error",
            **around,
            **({"item": "item", "index": "index"} if in_map else {}),
        }

    def value(self, expression: str) -> str:
        """The code of an expression."""
        return translate(expression, self._variables).code

    def template(self, template: str) -> str:
        """The code of a text with expressions in double braces."""
        parts = _HOLE.split(template)
        if len(parts) == 1:
            return literal(template)
        if parts[0] == parts[2] == "" and len(parts) == 3:
            return f"text({self.value(parts[1].strip())})"
        return self._formatted(parts) or self._words(parts)

    def condition(self, condition: Condition, key: str, step: str) -> ConditionCode:
        """The code of a condition; `key` names it among those of the step."""
        match condition:
            case CelCondition(expression=expression):
                code = translate(expression, self._variables, condition=True).code
                return ConditionCode(code, [remark(key, expression)])
            case FieldCondition(field=field, operator=operator, value=value):
                return ConditionCode(
                    f"field(output, {quoted(field)}, {quoted(operator)}, {literal(value)})", [key]
                )
            case JudgeCondition(statement=statement, model=model):
                keywords = [] if model is None else [("model", quoted(model))]
                code = call(
                    "here.judge", quoted(step), quoted(key), literal(statement), "output", keywords=keywords
                )
                return ConditionCode(f"await {code}", [key])

    def _formatted(self, parts: list[str]) -> str | None:
        """As an f-string, where that is short and can be said."""
        if sum(map(len, parts)) > _LONGEST_LINE or any("\n" in part or "\\" in part for part in parts):
            return None
        pieces: list[ast.expr] = []
        for number, part in enumerate(parts):
            if number % 2:
                told = ast.parse(f"text({self.value(part.strip())})", mode="eval").body
                pieces.append(ast.FormattedValue(told, -1, None))
            elif part:
                pieces.append(ast.Constant(part))
        try:
            code = ast.unparse(ast.fix_missing_locations(ast.JoinedStr(pieces)))
            ast.parse(code, mode="eval")
        except (ValueError, SyntaxError):
            return None
        return code if code.isprintable() and "\\" not in code else None

    def _words(self, parts: list[str]) -> str:
        pieces = [
            self.value(part.strip()) if number % 2 else (quoted if len(part) <= _LONGEST_LINE else literal)(part)
            for number, part in enumerate(parts)
            if number % 2 or part
        ]
        return f"words({', '.join(pieces)},)"


def remark(key: str, original: str) -> str:
    """A comment with the original text of an expression; what is not one plain line is JSON."""
    plain = original.isprintable() and original == original.strip() and not original.startswith('"')
    return f"{key}: {original}" if plain and original else f"{key}: {json.dumps(original)}"
