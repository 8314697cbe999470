"""CEL expressions as readable Python. What has no plain form there is evaluated by the `cel` package."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_OPERATORS: dict[str, ast.cmpop] = {
    "relation_lt": ast.Lt(),
    "relation_le": ast.LtE(),
    "relation_gt": ast.Gt(),
    "relation_ge": ast.GtE(),
    "relation_in": ast.In(),
}
_TEXT_METHODS = {"startsWith": "startswith", "endsWith": "endswith"}
_RESERVED_NAMES = frozenset({"text", "words", "has", "size", "field", "evaluate", "agents", "here", "results"})


@dataclass(frozen=True, slots=True)
class Translation:
    """An expression in Python."""

    code: str
    helpers: frozenset[str]
    """Functions of `support.expressions` (and `re`, `evaluate`) that it calls."""


def translate(expression: str, variables: Mapping[str, str], *, condition: bool = False) -> Translation:
    """The expression in Python, with the Python names of its variables; a condition is true or false and nothing
    else."""
    try:
        tree = _parsed(expression)
        if tree is None:
            raise _NoPlainForm
        translator = _Translator(variables)
        node = translator.boolean(tree) if condition else translator.value(tree)
        code = ast.unparse(ast.fix_missing_locations(ast.Expression(node)))
        ast.parse(code, mode="eval")
        return Translation(code, frozenset(translator.helpers))
    except (_NoPlainForm, ValueError, SyntaxError, RecursionError):
        names = ", ".join(f"{name!r}: {python}" for name, python in variables.items())
        code = f"evaluate({expression!r}, {{{names}}})"
        helpers = {"evaluate"}
        if condition:
            code, helpers = f"is_true({code})", {"evaluate", "is_true"}
        return Translation(code, frozenset(helpers))


class _NoPlainForm(Exception):  # noqa: N818
    """The expression uses something that plain Python says otherwise."""


@lru_cache(maxsize=512)
def _parsed(expression: str) -> Any:
    """The syntax tree, or None when there is none."""
    # Importing it takes long, and most organizations have no workflow.
    from celpy.celparser import CELParseError, CELParser

    try:
        return CELParser().parse(expression)
    except (CELParseError, ValueError, AttributeError):
        return None


class _Translator:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self.helpers: set[str] = set()

    def boolean(self, tree: Any) -> ast.expr:
        """The node, made sure to be true or false."""
        node = self.value(tree)
        return node if _is_boolean(node) else self._help("is_true", node)

    def value(self, tree: Any) -> ast.expr:
        children = [child for child in tree.children if child is not None]
        match tree.data:
            case "expr" if len(children) == 3:
                test, then, otherwise = children
                return ast.IfExp(self.boolean(test), self.value(then), self.value(otherwise))
            case "conditionalor" if len(children) == 2:
                return _joined(ast.Or(), self.boolean(children[0]), self.boolean(children[1]))
            case "conditionaland" if len(children) == 2:
                return _joined(ast.And(), self.boolean(children[0]), self.boolean(children[1]))
            case "relation" if len(children) == 2:
                return self._relation(children[0].data, children[0].children[0], children[1])
            case "addition" | "multiplication" if len(children) == 2:
                return self._arithmetic(children[0].data, children[0].children[0], children[1])
            case "unary" if len(children) == 2:
                return self._unary(children[0].data, children[1])
            case "member_dot":
                return _index(self.value(children[0]), ast.Constant(str(children[1])))
            case "member_index":
                return self._index(children[0], children[1])
            case "member_dot_arg":
                return self._method(children)
            case "ident_arg":
                return self._function(str(children[0]), _arguments(children[1:]))
            case "ident":
                return self._name(str(children[0]))
            case "literal":
                return _literal(children[0])
            case "list_lit":
                return ast.List([self.value(item) for item in _arguments(children)], ast.Load())
            case "map_lit":
                pairs = children[0].children if children else []
                keys = [self.value(key) for key in pairs[::2]]
                return ast.Dict(list(keys), [self.value(item) for item in pairs[1::2]])
            case "member_object" | "dot_ident" | "dot_ident_arg":
                raise _NoPlainForm
            case _ if len(children) == 1:
                return self.value(children[0])
        raise _NoPlainForm

    def _relation(self, kind: str, left: Any, right: Any) -> ast.expr:
        first, second = self.value(left), self.value(right)
        if kind in {"relation_eq", "relation_ne"}:
            same = kind == "relation_eq"
            if _is_singleton(second) or _is_singleton(first):
                if isinstance(first, ast.Constant) and isinstance(second, ast.Constant):
                    raise _NoPlainForm
                return _compared(first, ast.Is() if same else ast.IsNot(), second)
            return _compared(first, ast.Eq() if same else ast.NotEq(), second)
        return _compared(first, _OPERATORS[kind], second)

    def _arithmetic(self, kind: str, left: Any, right: Any) -> ast.expr:
        first, second = self.value(left), self.value(right)
        match kind:
            case "addition_add":
                return ast.BinOp(first, ast.Add(), second)
            case "addition_sub":
                return ast.BinOp(first, ast.Sub(), second)
            case "multiplication_mul":
                return ast.BinOp(first, ast.Mult(), second)
            case "multiplication_div":
                return self._help("divide", first, second)
            case _:
                return self._help("remainder", first, second)

    def _unary(self, kind: str, operand: Any) -> ast.expr:
        if kind == "unary_not":
            return _negated(self.boolean(operand))
        return ast.UnaryOp(ast.USub(), self.value(operand))

    def _index(self, container: Any, index: Any) -> ast.expr:
        at = self.value(index)
        if isinstance(at, ast.Constant) and isinstance(at.value, str | int) and not _is_negative(at):
            return _index(self.value(container), at)
        raise _NoPlainForm

    def _method(self, children: list[Any]) -> ast.expr:
        member, name, arguments = children[0], str(children[1]), _arguments(children[2:])
        if name in {"all", "exists", "exists_one", "map", "filter"}:
            return self._macro(name, member, arguments)
        given = [self.value(argument) for argument in arguments]
        if name in _TEXT_METHODS and len(given) == 1:
            function = ast.Attribute(self.value(member), _TEXT_METHODS[name], ast.Load())
            return ast.Call(function, given, [])
        if name == "contains" and len(given) == 1:
            return _compared(given[0], ast.In(), self.value(member))
        if name == "matches" and len(given) == 1:
            return self._matches(self.value(member), given[0])
        if name == "size" and not given:
            return self._help("size", self.value(member))
        raise _NoPlainForm

    def _function(self, name: str, arguments: list[Any]) -> ast.expr:
        if name == "has" and len(arguments) == 1:
            field = _selected(arguments[0])
            return self._help("has", self.value(field.children[0]), ast.Constant(str(field.children[1])))
        given = [self.value(argument) for argument in arguments]
        match name, given:
            case "size" | "string", [one]:
                return self._help(name, one)
            case "int", [one]:
                return _call("int", one)
            case "double", [one]:
                return _call("float", one)
            case "dyn", [one]:
                return one
            case "matches", [value, pattern]:
                return self._matches(value, pattern)
        raise _NoPlainForm

    def _matches(self, value: ast.expr, pattern: ast.expr) -> ast.expr:
        self.helpers.add("re")
        search = ast.Attribute(ast.Name("re", ast.Load()), "search", ast.Load())
        return _compared(ast.Call(search, [pattern, value], []), ast.IsNot(), ast.Constant(None))

    def _macro(self, name: str, member: Any, arguments: list[Any]) -> ast.expr:
        items = self.value(member)
        bound = self._bound(arguments[0])
        known = dict(self._variables)
        self._variables[bound[0]] = bound[1]
        try:
            return self._over(name, bound[1], items, arguments[1:])
        finally:
            self._variables = known

    def _over(self, name: str, item: str, items: ast.expr, arguments: list[Any]) -> ast.expr:
        match name, arguments:
            case "all" | "exists", [test]:
                each = ast.GeneratorExp(self.boolean(test), [_loop(item, items)])
                return _call("all" if name == "all" else "any", each)
            case "exists_one", [test]:
                each = ast.GeneratorExp(ast.Constant(1), [_loop(item, items, self.boolean(test))])
                return _compared(_call("sum", each), ast.Eq(), ast.Constant(1))
            case "filter", [test]:
                return ast.ListComp(ast.Name(item, ast.Load()), [_loop(item, items, self.boolean(test))])
            case "map", [value]:
                return ast.ListComp(self.value(value), [_loop(item, items)])
            case "map", [test, value]:
                return ast.ListComp(self.value(value), [_loop(item, items, self.boolean(test))])
        raise _NoPlainForm

    def _bound(self, tree: Any) -> tuple[str, str]:
        """The variable that a macro binds, and its name in Python."""
        while tree.data != "ident" and len(tree.children) == 1:
            tree = tree.children[0]
        if tree.data != "ident":
            raise _NoPlainForm
        name = str(tree.children[0])
        taken = {*self._variables.values(), *_RESERVED_NAMES, *self._variables}
        python = name
        while python in taken or not python.isidentifier() or _is_keyword(python):
            python = f"{python}_"
        return name, python

    def _name(self, name: str) -> ast.expr:
        if name not in self._variables:
            raise _NoPlainForm
        return ast.parse(self._variables[name], mode="eval").body

    def _help(self, name: str, *arguments: ast.expr) -> ast.expr:
        self.helpers.add(name)
        return _call(name, *arguments)


def _arguments(lists: list[Any]) -> list[Any]:
    return [item for each in lists for item in each.children]


def _selected(tree: Any) -> Any:
    """The field selection in `has(…)`."""
    while tree.data != "member_dot":
        if len(tree.children) != 1 or not hasattr(tree.children[0], "data"):
            raise _NoPlainForm
        tree = tree.children[0]
    return tree


def _literal(token: Any) -> ast.expr:
    text = str(token)
    match token.type:
        case "BOOL_LIT":
            return ast.Constant(text == "true")
        case "NULL_LIT":
            return ast.Constant(None)
        case "INT_LIT":
            number = int(text, 16 if "x" in text else 10)
            if abs(number) >= 2**63:
                raise _NoPlainForm
            return ast.Constant(number) if number >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-number))
        case "FLOAT_LIT":
            value = float(text)
            return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
        case "STRING_LIT" | "MLSTRING_LIT":
            return ast.Constant(_unquoted(text))
    raise _NoPlainForm


def _unquoted(text: str) -> str:
    if "\\" in text:
        # Escapes are not all the same in both languages: what the language itself reads is what counts.
        import cel

        value = cel.evaluate(text, {})
    else:
        value = ast.literal_eval(text)
    if not isinstance(value, str):
        raise _NoPlainForm
    return value


def _joined(operator: ast.boolop, left: ast.expr, right: ast.expr) -> ast.expr:
    if isinstance(left, ast.BoolOp) and type(left.op) is type(operator):
        return ast.BoolOp(operator, [*left.values, right])
    return ast.BoolOp(operator, [left, right])


def _negated(node: ast.expr) -> ast.expr:
    match node:
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return _compared(left, ast.NotIn(), right)
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[right]):
            return _compared(left, ast.IsNot(), right)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[right]):
            return _compared(left, ast.Is(), right)
        case _:
            return ast.UnaryOp(ast.Not(), node)


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [operator], [right])


def _index(value: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(value, index, ast.Load())


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _loop(item: str, items: ast.expr, test: ast.expr | None = None) -> ast.comprehension:
    return ast.comprehension(ast.Name(item, ast.Store()), items, [] if test is None else [test], 0)


def _is_boolean(node: ast.expr) -> bool:
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Constant(value=bool()):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_boolean(body) and _is_boolean(orelse)
        case ast.Call(func=ast.Name(id="has" | "all" | "any" | "is_true")):
            return True
        case ast.Call(func=ast.Attribute(attr="startswith" | "endswith")):
            return True
        case _:
            return False


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _is_negative(node: ast.Constant) -> bool:
    return isinstance(node.value, bool) or (isinstance(node.value, int) and node.value < 0)


def _is_keyword(name: str) -> bool:
    import keyword

    return keyword.iskeyword(name)
