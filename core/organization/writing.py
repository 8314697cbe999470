"""Writes specs as readable YAML: no defaults, text in blocks, positions on one line."""

import re
from typing import Any

import yaml
from pydantic import BaseModel

from core.organization.spec import Position
from core.organization.yaml_types import IMPLICIT_TYPES

LINE_WIDTH = 110

# Line ends other than \n, which a reader would turn into \n, and what cannot be printed.
_UNUSUAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]")


def plain(spec: BaseModel) -> dict[str, Any]:
    """The fields of a spec in their order as plain data, without those that have their default value, then those
    that are not known here. `kind` is always kept, because it tells what the rest is."""
    data: dict[str, Any] = {}
    for name, field in type(spec).model_fields.items():
        value = getattr(spec, name)
        if name == "kind" or field.is_required() or value != field.get_default(call_default_factory=True):
            data[name] = _plain_value(value)
    data |= spec.model_extra or {}
    # The kind comes first, though the base classes declare it last.
    return {"kind": data.pop("kind"), **data} if "kind" in data else data


def yaml_text(data: dict[str, Any]) -> str:
    """Plain data as YAML, in the order given."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE_WIDTH)
    return text


class _OneLine(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Indents lists, repeats instead of referring, and quotes what the reader would take for something else."""

    yaml_implicit_resolvers = IMPLICIT_TYPES

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain_value(value: Any) -> Any:
    match value:
        case Position():
            return _OneLine(x=_whole(value.x), y=_whole(value.y), **(value.model_extra or {}))
        case BaseModel():
            return plain(value)
        case list():
            return [_plain_value(item) for item in value]
        case dict():
            return {key: _plain_value(item) for key, item in value.items()}
        case _:
            return value


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Double quotes for characters that need escapes, a block for lines, else what the writer chooses."""
    if _UNUSUAL.search(text):
        return '"'
    return "|" if "\n" in text else None


def _one_line_node(dumper: yaml.SafeDumper, mapping: _OneLine) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping, flow_style=True)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(_OneLine, _one_line_node)
