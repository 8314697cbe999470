"""Damaged code of every kind is read or refused in words; nothing else happens."""

import ast
import random

import pytest

from core.errors import TroupeError
from core.patterns.catalogue import pattern
from core.sdk.codegen import generate_package
from core.sdk.reflect.importing import import_files
from core.sdk.reflect.report import Imported, Report
from core.sdk.reflect.sources import SourceFile
from tests.core.sdk.reflect.builder_export import EXPORT
from tests.core.sdk.reflect.test_package import FLOW
from tests.core.sdk.reflect.test_python_code import SHOP

ROUNDS = 60


class Shuffled(ast.NodeTransformer):
    """Puts some expressions in the place of others, and leaves some statements out: Python that means nothing."""

    def __init__(self, tree: ast.Module, chance: random.Random) -> None:
        self._chance = chance
        self._others = [node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.Name | ast.Call)]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) > 1 and self._chance.random() < 0.1:
            del body[self._chance.randrange(len(body))]
        if isinstance(node, ast.Constant | ast.Call) and self._chance.random() < 0.03:
            other = self._chance.choice(self._others)
            if not (isinstance(other, ast.Name) and not isinstance(other.ctx, ast.Load)):
                return other
        return node


def damaged(text: str, chance: random.Random) -> str:
    """The text as other Python, or sometimes with lines missing, so that it is none."""
    if chance.random() < 0.15:
        lines = text.splitlines()
        del lines[chance.randrange(len(lines))]
        return "\n".join(lines)
    tree = ast.parse(text)
    try:
        return ast.unparse(ast.fix_missing_locations(Shuffled(tree, chance).visit(tree)))
    except (ValueError, TypeError, RecursionError):
        return text[: chance.randrange(len(text))]


def tried(files: dict[str, str]) -> Imported | None:
    """What is imported, or None when the import refuses in words."""
    try:
        return import_files([SourceFile(path, text.encode()) for path, text in files.items()], Report())[0]
    except TroupeError:
        return None


@pytest.mark.parametrize("text", [EXPORT, SHOP], ids=["export", "agents"])
def test_damaged_code_never_crashes_the_import(text: str) -> None:
    chance = random.Random(7)

    found = [tried({"app.py": damaged(text, chance)}) for _ in range(ROUNDS)]

    read = [each.organization.model_dump_json() for each in found if each is not None]
    assert len(set(read)) > ROUNDS / 3


@pytest.mark.parametrize("name", ["agents", "tools", "guardrails", "settings", "workflow"])
def test_a_damaged_module_of_a_package_never_crashes_the_import(name: str) -> None:
    org = FLOW if name == "workflow" else pattern("human-in-the-loop").organization
    files = generate_package(org)
    path = next(path for path in files if path.endswith(f"/{name}.py"))
    chance = random.Random(11)

    found = [tried({**files, path: damaged(files[path], chance)}) for _ in range(ROUNDS)]

    read = [each.organization.model_dump_json() for each in found if each is not None]
    assert len(set(read)) > 1
