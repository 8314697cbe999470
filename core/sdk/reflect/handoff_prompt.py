"""The text that the SDK recommends before the instructions of agents with handoffs."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def handoff_prompt() -> str:
    """`agents.extensions.handoff_prompt.RECOMMENDED_PROMPT_PREFIX`, read without importing the SDK, which would
    take longer than reading most projects."""
    spec = find_spec("agents")
    assert spec is not None, "the SDK is a dependency"
    assert spec.origin is not None, "the SDK has files"
    path = Path(spec.origin).parent / "extensions" / "handoff_prompt.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return max((text for text in texts if isinstance(text, str)), key=len)
