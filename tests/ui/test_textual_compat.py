"""Textual's private names are used in one module only, and the installed version of Textual has them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from pydoc import locate

import pytest

import tutor.ui
from tutor.ui.textual_compat import OVERRIDDEN

FILES = [path for path in Path(tutor.ui.__path__[0]).rglob("*.py") if path.name != "textual_compat.py"]


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return the nodes of a module's syntax tree, which is parsed once for all tests."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def private_imports(path: Path) -> list[str]:
    """Return the private names, and names from private modules, that a module imports from Textual."""
    found = [
        f"{node.module}.{each.name}"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual")
        for each in node.names
    ]
    return [name for name in found if any(part.startswith("_") for part in name.split("."))]


def test_no_other_module_imports_a_private_name() -> None:
    assert {path.name: names for path in FILES if (names := private_imports(path))} == {}


def test_overridden_private_methods_are_listed() -> None:
    listed = {name for names in OVERRIDDEN.values() for name in names}
    called = {
        node.func.attr
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("_")
        if isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "super"
    }
    ours = {name for path in FILES for name in _defined(path)}
    assert {name for name in called if not name.startswith("__")} - listed - (ours - listed) == set()


def _defined(path: Path) -> set[str]:
    return {node.name for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in OVERRIDDEN.items() for name in names])
def test_textual_has_the_overridden_methods(owner: str, name: str) -> None:
    assert callable(getattr(locate(owner), name))
