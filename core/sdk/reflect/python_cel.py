"""Python expressions as CEL: comparisons, and/or/not, fields, what is common of texts and lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from core.organization.expressions import expression_fault
from core.sdk.reflect.cel_parts import (
    UntranslatableError,
    constant,
    field_of,
    items_schema,
    without_folding,
)
from core.sdk.reflect.meanings import (
    AND,
    CHOICE,
    OR,
    PLUS,
    RELATION,
    TIMES,
    UNARY,
    Cel,
    Fields,
    Given,
    Guarded,
    Kind,
    Meaning,
    RunOf,
    Unknown,
    as_cel,
    hole,
    plain_text,
    quoted,
)

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "==",
    ast.IsNot: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", PLUS),
    ast.Sub: ("-", PLUS),
    ast.Mult: ("*", TIMES),
    ast.Div: ("/", TIMES),
    ast.FloorDiv: ("/", TIMES),
    ast.Mod: ("%", TIMES),
}
_EMPTY: dict[Kind, str] = {"text": '""', "number": "0", "list": "[]", "object": "{}"}
_MAX_DEPTH = 60


class Translator:
    """Translates expressions; `lookup` says what a name of the code stands for."""

    def __init__(self, lookup: Callable[[str], Meaning | None], source: Callable[[ast.AST], str]) -> None:
        self._lookup = lookup
        self._source = source
        self._depth = 0

    def condition(self, node: ast.expr) -> str:
        """The CEL of a condition. Raises UntranslatableError."""
        return _checked(self._truth(node).text)

    def negated(self, node: ast.expr) -> str:
        """The CEL of the opposite of a condition. Raises UntranslatableError."""
        return _checked(self._not(self._truth(node)).text)

    def expression(self, node: ast.expr) -> str:
        """The CEL of a value. Raises UntranslatableError."""
        return _checked(self._cel(node).text)

    def meaning(self, node: ast.expr) -> Meaning:
        """What an expression stands for; Unknown when it cannot be said."""
        try:
            return self._meaning(node)
        except UntranslatableError:
            return Unknown(self._source(node))

    def template(self, node: ast.expr) -> tuple[str, list[str]]:
        """An expression as a template, and the parts of it that are not known."""
        match node:
            case ast.Constant(value=str() as text):
                return plain_text(text), []
            case ast.JoinedStr(values=parts):
                found = [self.template(part) for part in parts]
                return "".join(text for text, _ in found), [each for _, unknown in found for each in unknown]
            case ast.FormattedValue(value=inner):
                return self.template(inner)
            case _:
                known = as_cel(self.meaning(node))
                source = self._source(node)
                return (hole(known.text), []) if known is not None else (plain_text(f"{{{source}}}"), [source])

    # -- meanings -------------------------------------------------------------------------------

    def _meaning(self, node: ast.expr) -> Meaning:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._depth -= 1
            raise UntranslatableError
        try:
            return self._of_node(node)
        finally:
            self._depth -= 1

    def _of_node(self, node: ast.expr) -> Meaning:
        match node:
            case ast.Name(id=name):
                found = self._lookup(name)
                if found is None:
                    raise UntranslatableError
                return found
            case ast.Await(value=inner):
                return self._meaning(inner)
            case ast.Subscript(value=owner, slice=key):
                return self._item(self._meaning(owner), key)
            case ast.Attribute(value=owner, attr=name):
                return self._attribute(self._meaning(owner), name)
            case ast.Call():
                return self._call(node)
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                names = [str(key.value) for key in keys if isinstance(key, ast.Constant)]
                return Fields({name: self.meaning(value) for name, value in zip(names, values, strict=True)})
            case _:
                return self._plain(node)

    def _cel(self, node: ast.expr) -> Cel:
        found = as_cel(self._meaning(node))
        if found is None:
            raise UntranslatableError
        return found

    def _plain(self, node: ast.expr) -> Cel:
        match node:
            case ast.Constant(value=value):
                return constant(value)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return Cel(f"[{', '.join(self._cel(part).text for part in parts)}]", "list")
            case ast.Compare():
                return self._comparison(node)
            case ast.BoolOp():
                return self._joined(node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._not(self._truth(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Cel(f"-{self._cel(operand).within(UNARY)}", "number", UNARY)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._operation(self._cel(left), type(op), self._cel(right))
            case ast.IfExp(test=test, body=body, orelse=other):
                then, otherwise = self._cel(body), self._cel(other)
                text = f"{self._truth(test).within(OR)} ? {then.within(OR)} : {otherwise.within(CHOICE)}"
                return Cel(text, then.kind if then.kind == otherwise.kind else "any", CHOICE)
            case ast.JoinedStr(values=parts):
                texts = [self._as_text(part) for part in parts]
                return Cel(" + ".join(texts) or '""', "text", PLUS if len(texts) > 1 else 10)
            case _:
                raise UntranslatableError

    def _as_text(self, node: ast.expr) -> str:
        found = self._cel(node.value if isinstance(node, ast.FormattedValue) else node)
        return found.within(TIMES) if found.kind == "text" else f"string({found.text})"

    # -- parts of things ------------------------------------------------------------------------

    def _item(self, owner: Meaning, key: ast.expr) -> Meaning:
        if not isinstance(key, ast.Constant):
            known = as_cel(owner)
            if known is None or isinstance(key, ast.Slice):
                raise UntranslatableError
            return Cel(f"{known.within(10)}[{self._cel(key).text}]")
        match owner:
            case Fields(fields=fields) if str(key.value) in fields:
                return fields[str(key.value)]
            case Guarded() if key.value == "has_tripwire":
                return Guarded(tripped=True)
            case Guarded():
                return owner
            case Given():
                return Cel("input", "text")
            case _:
                known = as_cel(owner)
        if known is None:
            raise UntranslatableError
        if isinstance(key.value, str):
            return field_of(known, key.value)
        if type(key.value) is int and key.value >= 0:
            return Cel(f"{known.within(10)}[{key.value}]", schema=items_schema(known))
        raise UntranslatableError

    def _attribute(self, owner: Meaning, name: str) -> Meaning:
        match owner:
            case RunOf() if name == "final_output":
                return owner.output
            case RunOf():
                raise UntranslatableError
            case Given():
                return Cel("input", "text")
            case Fields(fields=fields) if name in fields:
                return fields[name]
            case _:
                known = as_cel(owner)
                if known is None:
                    raise UntranslatableError
                return field_of(known, name)

    # -- calls ----------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Meaning:
        match node.func:
            case ast.Attribute(value=owner, attr=name):
                return self._method(owner, name, node)
            case ast.Name(id="len") if len(node.args) == 1:
                return Cel(f"size({self._cel(node.args[0]).text})", "number")
            case ast.Name(id="str") if len(node.args) == 1:
                inner = self._cel(node.args[0])
                return inner if inner.kind == "text" else Cel(f"string({inner.text})", "text")
            case ast.Name(id="int") if len(node.args) == 1:
                return Cel(f"int({self._cel(node.args[0]).text})", "number")
            case ast.Name(id="float") if len(node.args) == 1:
                return Cel(f"double({self._cel(node.args[0]).text})", "number")
            case ast.Name(id="bool") if len(node.args) == 1:
                return self._truth(node.args[0])
            case ast.Name(id="guardrails_has_tripwire"):
                return Guarded(tripped=True)
            case ast.Name(id="any" | "all" as name) if isinstance(
                node.args[0] if node.args else 0, ast.GeneratorExp
            ):
                return self._quantified(name, node.args[0])
            case _:
                raise UntranslatableError

    def _method(self, owner_node: ast.expr, name: str, node: ast.Call) -> Meaning:
        if isinstance(owner_node, ast.Name) and owner_node.id == "re" and len(node.args) >= 2:
            return Cel(f"{self._cel(node.args[1]).within(10)}.matches({self._cel(node.args[0]).text})", "bool")
        owner = self._meaning(owner_node)
        if name in {"model_dump", "json", "model_dump_json", "dict", "to_dict"}:
            return owner
        if isinstance(owner, RunOf) and name in {"final_output_as", "to_input_list"}:
            return owner.output
        known = as_cel(owner)
        if name == "get" and node.args and isinstance(node.args[0], ast.Constant):
            return self._got(owner, known, node)
        if known is None:
            raise UntranslatableError
        if name in {"startswith", "endswith"} and len(node.args) == 1:
            called = "startsWith" if name == "startswith" else "endsWith"
            return Cel(f"{known.within(10)}.{called}({self._cel(node.args[0]).text})", "bool")
        if name in {"strip", "rstrip", "lstrip"} and not node.args and known.kind in {"text", "any"}:
            return known  # CEL has no such function; blanks around an answer seldom decide anything
        raise UntranslatableError

    def _got(self, owner: Meaning, known: Cel | None, node: ast.Call) -> Meaning:
        if isinstance(owner, Fields | Given | Guarded):
            return self._item(owner, node.args[0])
        key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        if known is None or not isinstance(key, str):
            raise UntranslatableError
        found = field_of(known, key)
        other = self._cel(node.args[1]) if len(node.args) > 1 else Cel("null", "null")
        if "[" in found.text.rpartition(".")[2]:
            raise UntranslatableError
        return Cel(f"has({found.text}) ? {found.text} : {other.within(CHOICE)}", found.kind, CHOICE)

    def _quantified(self, name: str, node: ast.expr) -> Cel:
        assert isinstance(node, ast.GeneratorExp)
        part = node.generators[0]
        if len(node.generators) > 1 or part.ifs or not isinstance(part.target, ast.Name):
            raise UntranslatableError
        outer, bound = self._lookup, part.target.id
        self._lookup = lambda asked: Cel(bound) if asked == bound else outer(asked)
        try:
            inner = self._truth(node.elt)
        finally:
            self._lookup = outer
        macro = "exists" if name == "any" else "all"
        return Cel(f"{self._cel(part.iter).within(10)}.{macro}({bound}, {inner.text})", "bool")

    # -- truth ----------------------------------------------------------------------------------

    def _truth(self, node: ast.expr) -> Cel:
        """An expression where Python asks only whether it is true."""
        if isinstance(node, ast.BoolOp):
            operator, strength = ("&&", AND) if isinstance(node.op, ast.And) else ("||", OR)
            text = f" {operator} ".join(self._truth(part).within(strength) for part in node.values)
            return Cel(text, "bool", strength)
        found = self._cel(node)
        match found.kind:
            case "bool":
                return found
            case "null":
                return Cel("false", "bool")
            case "any":
                return Cel(f'!({found.text} in [null, "", 0, false])', "bool", UNARY)
            case kind:
                return Cel(f"{found.within(RELATION + 1)} != {_EMPTY[kind]}", "bool", RELATION)

    def _not(self, found: Cel) -> Cel:
        if found.text.startswith("!") and found.strength == UNARY:
            inner = found.text[1:]
            return Cel(inner, "bool", 10)
        if found.strength == RELATION and found.text.endswith(tuple(f" != {empty}" for empty in _EMPTY.values())):
            head, _, tail = found.text.rpartition(" != ")
            return Cel(f"{head} == {tail}", "bool", RELATION)
        return Cel(f"!{found.within(UNARY)}", "bool", UNARY)

    def _joined(self, node: ast.BoolOp) -> Cel:
        """`a or b` as a value: the first that is true."""
        values = [self._cel(part) for part in node.values]
        if all(value.kind == "bool" for value in values):
            return self._truth(node)
        result = values[-1]
        for part, value in zip(reversed(node.values[:-1]), reversed(values[:-1]), strict=True):
            test = self._truth(part)
            first, second = (value, result) if isinstance(node.op, ast.Or) else (result, value)
            kind: Kind = first.kind if first.kind == second.kind else "any"
            result = Cel(f"{test.within(OR)} ? {first.within(OR)} : {second.within(CHOICE)}", kind, CHOICE)
        return result

    # -- comparisons ----------------------------------------------------------------------------

    def _comparison(self, node: ast.Compare) -> Cel:
        sides = [node.left, *node.comparators]
        parts = [
            self._compared(left, operator, right)
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        if len(parts) == 1:
            return parts[0]
        return Cel(" && ".join(part.within(AND) for part in parts), "bool", AND)

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Cel:
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._contained(left, right)
            return self._not(found) if isinstance(operator, ast.NotIn) else found
        folded = self._without_case(left, operator, right)
        if folded is not None:
            return folded
        text = f"{self._cel(left).within(PLUS)} {_COMPARISONS[type(operator)]} {self._cel(right).within(PLUS)}"
        return Cel(text, "bool", RELATION)

    def _contained(self, left: ast.expr, right: ast.expr) -> Cel:
        folded = without_folding(right)
        if folded is not None and isinstance(left, ast.Constant) and isinstance(left.value, str):
            pattern = quoted(f"(?i){re.escape(left.value)}")
            return Cel(f"{self._cel(folded).within(10)}.matches({pattern})", "bool")
        inner, around = self._cel(left), self._cel(right)
        if around.kind == "text":
            return Cel(f"{around.within(10)}.contains({inner.text})", "bool")
        return Cel(f"{inner.within(PLUS)} in {around.within(PLUS)}", "bool", RELATION)

    def _without_case(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Cel | None:
        """`x.lower() == "yes"`: CEL has no lower(), but patterns that look past the case."""
        folded = without_folding(left)
        is_text = isinstance(right, ast.Constant) and isinstance(right.value, str)
        if folded is None or not is_text or not isinstance(operator, ast.Eq | ast.NotEq):
            return None
        assert isinstance(right, ast.Constant)
        pattern = quoted(f"(?i)^{re.escape(str(right.value))}$")
        found = Cel(f"{self._cel(folded).within(10)}.matches({pattern})", "bool")
        return self._not(found) if isinstance(operator, ast.NotEq) else found

    def _operation(self, left: Cel, op: type[ast.operator], right: Cel) -> Cel:
        sign, strength = _OPERATORS[op]
        if sign == "/" and op is ast.Div:
            return Cel(f"double({left.text}) / double({right.text})", "number", TIMES)
        kind: Kind = left.kind if left.kind == right.kind else "any"
        if "text" in {left.kind, right.kind} and sign == "+":
            kind = "text"
        return Cel(f"{left.within(strength)} {sign} {right.within(strength + 1)}", kind, strength)


def _checked(expression: str) -> str:
    if expression_fault(expression) is not None:
        raise UntranslatableError
    return expression
