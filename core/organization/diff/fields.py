"""The fields that differ between two versions of the same part."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from core.organization.steps import BranchCase

FieldDifference = tuple[str, Any, Any]
"""Path, before, after."""

_UNORDERED = {"samples", "keywords", "allowed_tools", "blocked_tools", "approval_tools", "accepted"}
_BY_KEY = {"headers", "environment", "assign", "state"}
_SCHEMAS = {"output_schema", "parameters"}


def changed_fields(before: BaseModel, after: BaseModel, *, without: set[str]) -> Iterator[FieldDifference]:
    """What differs, in the order of the fields. Parts without a kind of their own are compared field by field."""
    old, new = _values(before), _values(after)
    for name in dict.fromkeys([*new, *old]):
        if name not in without:
            yield from _changed(name, old.get(name), new.get(name))


def _values(part: BaseModel) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields} | (part.model_extra or {})


def _changed(name: str, before: Any, after: Any) -> Iterator[FieldDifference]:
    if same(name, before, after):
        return
    match before, after:
        case (BaseModel(), BaseModel()) if "kind" not in type(after).model_fields and type(before) is type(after):
            for path, old, new in changed_fields(before, after, without=set()):
                yield f"{name}.{path}", old, new
        case (dict(), dict()) if name in _BY_KEY:
            for key in dict.fromkeys([*after, *before]):
                if not same(key, before.get(key), after.get(key)):
                    yield f"{name}.{key}", before.get(key), after.get(key)
        case (list(), list()) if name == "cases":
            yield from _changed_cases(before, after)
        case _:
            yield name, before, after


def _changed_cases(before: list[BranchCase], after: list[BranchCase]) -> Iterator[FieldDifference]:
    """The order of cases has a meaning: the first that holds is taken."""
    old, new = {case.name: case for case in before}, {case.name: case for case in after}
    for name in dict.fromkeys([*new, *old]):
        if old.get(name) != new.get(name):
            yield f"cases.{name}", _condition(old.get(name)), _condition(new.get(name))
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old] or len(old) + len(new) != len(before) + len(after):
        yield "cases", [case.name for case in before], [case.name for case in after]


def _condition(case: BranchCase | None) -> Any:
    return case.condition if case else None


def same(name: str, before: Any, after: Any) -> bool:
    """Whether two values of a field mean the same."""
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return True
    if name in _UNORDERED and isinstance(before, list) and isinstance(after, list):
        return sorted(map(_key, before)) == sorted(map(_key, after))
    if name in _SCHEMAS:
        return _key(_sorted(before)) == _key(_sorted(after))
    return bool(_key(before) == _key(after))


def _key(value: Any) -> str:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, default=lambda part: part.model_dump(mode="json"))


def _sorted(schema: Any) -> Any:
    """A JSON schema whose lists of plain values (`required`, `enum`, `type`) are in one order."""
    match schema:
        case dict():
            return {key: _sorted(value) for key, value in schema.items()}
        case list() if all(not isinstance(item, dict | list) for item in schema):
            return sorted(schema, key=_key)
        case list():
            return [_sorted(item) for item in schema]
        case _:
            return schema
