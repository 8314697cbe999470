"""The static schema of a class is the one that pydantic makes of it by running it."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.core.sdk.reflect.reading import imported, told

HEAD = """
from __future__ import annotations
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Annotated, Any, Dict, List, Literal, Optional, Union
from pydantic import BaseModel, Field
from typing_extensions import TypedDict
"""
TYPES = """
class Out(BaseModel):
    a: str
    b: int = 3
    c: float | None = None
    d: bool
---
class Out(BaseModel):
    'All about it.'
    a: list[str]
    b: Dict[str, int]
    c: Optional[List[bool]]
---
class Part(BaseModel):
    n: int
class Out(BaseModel):
    parts: list[Part]
    best: Part | None = None
---
class Out(BaseModel):
    kind: Literal['a', 'b']
    only: Literal['x']
    n: Literal[1, 2]
    any: Any
---
class Out(BaseModel):
    score: int = Field(ge=0, le=10, description='How good.')
    s: str = Field('x', max_length=4)
---
class Out(BaseModel):
    a: Annotated[str, Field(description='d', pattern='^x')]
    b: Union[str, int, None]
---
class Base(BaseModel):
    a: str
    b: int = 1
class Out(Base):
    c: date
    b: str
---
class Color(str, Enum):
    RED = 'red'
    BLUE = 'blue'
class Out(BaseModel):
    color: Color
    tags: set[str]
---
class Out(BaseModel):
    name: str
    children: list[Out] = Field(default_factory=list)
---
@dataclass
class Out:
    a: str
    b: list[int] = field(default_factory=list)
    c: str = 'x'
---
class Out(TypedDict):
    a: str
    b: List[int]
---
class Out(TypedDict, total=False):
    a: str
""".strip("\n").split("\n---\n")


@pytest.mark.parametrize("text", TYPES)
def test_static_schema_equals_the_one_of_the_running_class(text: str) -> None:
    space: dict[str, Any] = {"__name__": __name__}
    exec(
        compile(HEAD.replace("from __future__ import annotations\n", "") + _eager(text), "types.py", "exec"), space
    )
    expected = TypeAdapter(space["Out"]).json_schema()
    if "$ref" in expected:
        # The spec wants `type: object` on top.
        expected = {"$defs": expected["$defs"], **expected["$defs"]["Out"]}

    found = imported(
        HEAD + text + "\nfrom agents import Agent\na = Agent(name='A', instructions='x', output_type=Out)"
    )

    assert _bare(found.organization.agents[0].output_schema) == _bare(expected)
    assert not told(found, "approximated", "output type")


def test_a_list_as_output_is_put_into_an_object_as_the_sdk_does() -> None:
    found = imported(HEAD + "from agents import Agent\na = Agent(name='A', output_type=list[int])")

    assert found.organization.agents[0].output_schema == {
        "type": "object",
        "properties": {"response": {"type": "array", "items": {"type": "integer"}}},
        "required": ["response"],
    }


def test_a_type_from_elsewhere_is_reported() -> None:
    found = imported(
        "from agents import Agent\nfrom elsewhere import Thing\na = Agent(name='A', output_type=Thing)"
    )

    assert found.organization.agents[0].output_schema is None
    assert told(found, "not_carried", "output type of agent 'A'", "Thing")


def _eager(text: str) -> str:
    return text.replace("list[Out]", "'list[Out]'")


def _bare(schema: Any) -> Any:
    """Without what pydantic adds for every field: titles, and an explicit default of a factory."""
    if isinstance(schema, dict):
        return {
            key: _bare(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
        }
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema
