"""What calls give: objects that are made, text that is put together, what functions of the files return."""

from __future__ import annotations

import ast
import inspect
import textwrap

from core.sdk.reflect.evaluate import MAX_TEXT, Evaluator
from core.sdk.reflect.handoff_prompt import handoff_prompt
from core.sdk.reflect.objects import object_attribute
from core.sdk.reflect.project import Project
from core.sdk.reflect.scopes import Scope
from core.sdk.reflect.values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Items,
    Made,
    Mapping,
    Opaque,
    Text,
    Value,
    Variable,
)

AGENT = "agents.Agent"
_ENVIRONMENT = {"os.getenv", "os.environ.get"}
_PREFIX = "agents.extensions.handoff_prompt."
_PLAIN_METHODS = {
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "capitalize",
    "title",
    "removeprefix",
    "removesuffix",
}
_LISTS = {"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted"}


def evaluator_of(project: Project) -> Evaluator:
    """What evaluates the expressions of a project."""
    return Evaluator(project, calls=call_value, attributes=object_attribute)


def call_value(evaluator: Evaluator, call: ast.Call, frame: Frame) -> Value:
    """What a call gives."""
    if isinstance(call.func, ast.Attribute):
        owner = evaluator.value(call.func.value, frame)
        found = _method(evaluator, owner, call.func.attr, call, frame)
        if found is not None:
            return found
    called = evaluator.value(call.func, frame)
    match called:
        case External(name=name):
            return _external(evaluator, name, call, frame)
        case Function():
            return _returned(evaluator, called, call, frame)
        case Class():
            bases = base_names(evaluator, called)
            own = f"{called.frame.module.name}.{called.node.name}"
            maker = next((base for base in bases if sdk_name(base) == AGENT), own)
            return Made(maker, call, frame, bases=bases)
        case Opaque() if isinstance(call.func, ast.Name) and call.func.id in _UNIMPORTED:
            # Pasted pieces of code often come without their imports.
            return Made(f"agents.{call.func.id}", call, frame)
        case _:
            return evaluator.opaque(call, frame)


_UNIMPORTED = {
    "Agent",
    "handoff",
    "ModelSettings",
    "Reasoning",
    "RunConfig",
    "MCPServerStdio",
    "MCPServerStreamableHttp",
}


def sdk_name(dotted: str) -> str:
    """`agents.agent.Agent` as `agents.Agent`: the SDK's names without its modules. Names of others stay."""
    first, *parts = dotted.split(".")
    if first != "agents" or len(parts) < 2:
        return dotted
    named = next((number for number, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return ".".join([first, *parts[named:]])


def base_names(evaluator: Evaluator, of: Class, depth: int = 0) -> tuple[str, ...]:
    """Dotted names of all classes that a class of the files comes from."""
    found: list[str] = []
    for node in of.node.bases:
        base = evaluator.value(node, of.frame)
        if isinstance(base, External):
            found.append(base.name)
        elif isinstance(base, Class) and depth < 10:
            found += [f"{base.frame.module.name}.{base.node.name}", *base_names(evaluator, base, depth + 1)]
    return tuple(found)


def call_frame(evaluator: Evaluator, function: Function, call: ast.Call, frame: Frame) -> Frame | None:
    """A run through a function of the files with the arguments of a call; None for what has no scope."""
    scope = function.frame.scope.inner.get(id(function.node))
    if scope is None:
        return None
    arguments = _arguments(evaluator, function, call, frame)
    return evaluator.run(scope, function.frame, arguments)


def _arguments(evaluator: Evaluator, function: Function, call: ast.Call, frame: Frame) -> dict[str, Value]:
    spec = function.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    bound: dict[str, Value] = {}
    for name, default in zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True):
        bound[name] = evaluator.value(default, function.frame)
    for argument, known in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if known is not None:
            bound[argument.arg] = evaluator.value(known, function.frame)
    if names[:1] in (["self"], ["cls"]):
        names = names[1:]
    for name, part in zip(names, call.args, strict=False):
        if isinstance(part, ast.Starred):
            break
        bound[name] = evaluator.value(part, frame)
    everything = {*names, *(argument.arg for argument in spec.kwonlyargs)}
    for keyword in call.keywords:
        if keyword.arg in everything:
            bound[str(keyword.arg)] = evaluator.value(keyword.value, frame)
    return bound


def _returned(evaluator: Evaluator, function: Function, call: ast.Call, frame: Frame) -> Value:
    """What a function of the files returns for these arguments, when that is known."""
    inside = call_frame(evaluator, function, call, frame)
    for result in reversed(returns(function.node)) if inside is not None else ():
        assert inside is not None
        value = evaluator.value(result, inside)
        if not isinstance(value, Opaque):
            return value
    return evaluator.opaque(call, frame)


def returns(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """The expressions that a function returns, without those of functions in it."""
    found: list[ast.expr] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node.value)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            waiting[:0] = list(ast.iter_child_nodes(node))
    return found


def _external(evaluator: Evaluator, name: str, call: ast.Call, frame: Frame) -> Value:
    first = evaluator.value(call.args[0], frame) if call.args else None
    if name in _ENVIRONMENT and isinstance(first, Const) and isinstance(first.value, str):
        default = evaluator.value(call.args[1], frame) if len(call.args) > 1 else None
        known = default.value if isinstance(default, Const) and isinstance(default.value, str) else None
        return Variable(first.value, known)
    if name in {"textwrap.dedent", "inspect.cleandoc"} and isinstance(first, Const | Text):
        return _redone(first, textwrap.dedent if name == "textwrap.dedent" else inspect.cleandoc)
    if name in _LISTS and isinstance(first, Items):
        return first
    if name in _LISTS and not call.args:
        return Items(())
    if name == "builtins.dict" and not call.args:
        named = [(keyword.arg, evaluator.value(keyword.value, frame)) for keyword in call.keywords if keyword.arg]
        return Mapping(tuple((Const(key), value) for key, value in named))
    if name == "builtins.str" and isinstance(first, Const | Text):
        return first
    if name.startswith(_PREFIX) and isinstance(first, Const | Text):
        return _redone(first, _with_handoff_prompt)
    if name.startswith("builtins."):
        return evaluator.opaque(call, frame)
    return Made(sdk_name(name), call, frame)


def _with_handoff_prompt(text: str) -> str:
    return f"{handoff_prompt()}\n\n{text}"


def _redone(text: Const | Text, change: object) -> Value:
    assert callable(change)
    if isinstance(text, Text):
        return Text(change(text.text), text.holes)
    return Const(change(text.value)) if isinstance(text.value, str) else text


def _method(evaluator: Evaluator, owner: Value, name: str, call: ast.Call, frame: Frame) -> Value | None:
    match owner:
        case Const(value=str() as text):
            return _text_method(evaluator, text, name, call, frame)
        case Text() if name in _PLAIN_METHODS and not call.args:
            return _redone(owner, getattr(str, name))
        case Made() if sdk_name(owner.maker).startswith("agents.") or _is_agent(owner):
            return Made(f"{sdk_name(owner.maker)}.{name}", call, frame, receiver=owner)
        case Mapping() if name == "get" and call.args:
            key = evaluator.value(call.args[0], frame)
            if isinstance(key, Const) and isinstance(key.value, str):
                return owner.get(key.value)
        case Items() | Mapping() if name == "copy":
            return owner
        case _:
            pass
    return None


def _is_agent(made: Made) -> bool:
    return made.maker.partition(".as_tool")[0].endswith("Agent")


def _text_method(evaluator: Evaluator, text: str, name: str, call: ast.Call, frame: Frame) -> Value | None:
    parts = [evaluator.value(part, frame) for part in call.args]
    known = [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str)]
    if name in _PLAIN_METHODS and len(known) == len(parts) and not call.keywords:
        return Const(getattr(text, name)(*known[: 0 if name in {"lower", "upper", "capitalize", "title"} else 1]))
    if name == "join" and len(parts) == 1 and isinstance(parts[0], Items) and not parts[0].unknown:
        return _joined_texts(text, parts[0])
    if name == "replace" and len(known) == len(parts) == 2:
        grown = len(text) + text.count(known[0]) * len(known[1])
        return Const(text.replace(known[0], known[1])) if grown < MAX_TEXT else None
    if name == "format":
        return _formatted(evaluator, text, call, frame)
    return None


def _joined_texts(separator: str, items: Items) -> Value | None:
    texts = [item.value for item in items.items if isinstance(item, Const) and isinstance(item.value, str)]
    if len(texts) != len(items.items) or sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
        return None
    return Const(separator.join(texts))


def _formatted(evaluator: Evaluator, text: str, call: ast.Call, frame: Frame) -> Value | None:
    """`"…{name}…".format(name=…)` without format specifications, which could ask for gigabytes."""
    result, holes = text, []
    for keyword in call.keywords:
        hole = f"{{{keyword.arg}}}"
        if keyword.arg is None or hole not in result:
            continue
        value = evaluator.value(keyword.value, frame)
        if isinstance(value, Const) and isinstance(value.value, str):
            if len(result) + result.count(hole) * len(value.value) > MAX_TEXT:
                return None
            result = result.replace(hole, value.value)
        else:
            holes.append(frame.module.source(keyword.value))
    if call.args or "{{" in text:
        return None
    return Text(result, tuple(holes)) if holes else Const(result)


def inner_scope(function: Function) -> Scope | None:
    """The scope of a function."""
    return function.frame.scope.inner.get(id(function.node))
