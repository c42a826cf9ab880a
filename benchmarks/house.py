"""Measure in how many places each idea is: ``python -m benchmarks.house``. It prints measures, goals and details.

It reads the sources, except that it traces the files that a lesson passes through while it is loaded.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import FrameType
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tutor"

#: Packages with features that did not exist when the goal of 42,000 lines was set.
NEW = ("classroom", "learning", "play")
#: Activations whose names are not also words of English or of mathematics in general.
RARE = ("softplus", "gelu", "silu", "leaky_relu")
OWN_MATHEMATICS = ("functions/", "engines/")
#: The modules that declare blocks, their views, and the widgets that draw them.
OF_BLOCKS = ("tutor.lessons.blocks", "tutor.session.model", "tutor.ui.blocks")


def module_of(path: str) -> str:
    """Return the module name of a file in the package."""
    parts = ["tutor", *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class Source:
    """One file: its path relative to the package, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return module_of(self.path)


def sources() -> list[Source]:
    """Return every Python file of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path.relative_to(PACKAGE).as_posix(), text, ast.parse(text)))
    return found


def naming_an_activation(files: Iterable[Source]) -> list[str]:
    """Return the files that name one of the rarer activations outside the registry and the engines."""
    name = re.compile(rf"\b({'|'.join(RARE)})\b")
    return [each.path for each in files if not each.path.startswith(OWN_MATHEMATICS) and name.search(each.text)]


def naming_a_mistake(files: Iterable[Source]) -> dict[str, list[str]]:
    """Return the files that name each mistake, by its id."""
    from tutor.mistakes import MISTAKES

    files = list(files)
    ids = [each.id for each in MISTAKES if "-" in each.id]
    return {name: [each.path for each in files if f'"{name}"' in each.text] for name in ids}


def naming_a_kind(files: Iterable[Source]) -> dict[str, list[str]]:
    """Return, for each kind of block that has its own modules, the files that name its class, view, file or widget.

    A class with the same name but another meaning (an engine's ``Number``) does not count.
    """
    named = {each.path: _block_names(each.tree) for each in files if each.path != "lessons/blocks/__init__.py"}
    found = {}
    for path in sorted((PACKAGE / "lessons/blocks").glob("*.py")):
        if path.stem != "__init__" and (PACKAGE / "lessons/building" / path.name).exists():
            kind = path.stem.capitalize()
            own = {f"{kind}{part}" for part in ("", "View", "File", "Builder", "Block")}
            found[path.stem] = [file for file, names in named.items() if names & own]
    return found


def _block_names(tree: ast.AST) -> set[str]:
    """Return the names that a file imports from the modules of blocks, and the classes for blocks that it declares."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OF_BLOCKS):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("made", "blocks"):
            found.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            is_block = any("Question" in base or "Block" in base for base in map(ast.unparse, node.bases))
            if is_block or node.name.endswith(("View", "File", "Builder", "Block")):
                found.add(node.name)
    return found


def way_of_a_lesson() -> list[str]:
    """Return the files that the loading of a lesson passes through, in order of the calls that take its path."""
    from tutor.lessons import cache, loader
    from tutor.paths import shipped_lessons

    lesson = sorted(shipped_lessons().glob("*.yaml"))[1]
    loader.load(lesson)  # so that imports at the first use are not traced
    stays: list[str] = []

    def look(frame: FrameType, event: str, argument: object) -> None:
        file = frame.f_code.co_filename
        if event != "call" or not file.startswith(str(PACKAGE)) or frame.f_code.co_name.startswith("<"):
            return
        count = frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount
        given = [frame.f_locals.get(name) for name in frame.f_code.co_varnames[:count]]
        if any(type(each) in (str, type(lesson)) and str(each) == str(lesson) for each in given):
            place = Path(file).relative_to(PACKAGE).as_posix()
            if not stays or stays[-1] != place:
                stays.append(place)

    with TemporaryDirectory() as home, patch.dict(os.environ, TUTOR_HOME=home):  # an empty cache
        sys.setprofile(look)
        try:
            cache.load(lesson)
        finally:
            sys.setprofile(None)
    return stays


@dataclass(frozen=True)
class Import:
    """One import of a module, and whether it is inside a function."""

    file: str
    line: int
    module: str
    in_function: bool


def imports(source: Source) -> Iterator[Import]:
    """Yield the imports of a file, except those under TYPE_CHECKING."""

    def visit(node: ast.AST, inside: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import | ast.ImportFrom):
                for module in _modules(child):
                    yield Import(source.path, child.lineno, module, inside)
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from visit(child, inside or is_function)

    yield from visit(source.tree, False)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def circles(files: list[Source]) -> list[list[str]]:
    """Return groups of files that import one another in a cycle, at the top or inside functions, outside ``ui``."""
    files = [each for each in files if not each.path.startswith("ui/")]
    by_module = {each.module: each.path for each in files}
    graph: dict[str, set[str]] = {each.path: set() for each in files}
    for each in files:
        for one in imports(each):
            target = by_module.get(one.module) or by_module.get(one.module.rpartition(".")[0])
            if target is not None and target != each.path:
                graph[each.path].add(target)
    reach = {path: _reached(graph, path) for path in graph}
    groups = {tuple(sorted(other for other in reach[path] if path in reach[other])) for path in graph}
    return [list(group) for group in sorted(groups) if len(group) > 1]


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(graph[path])
    return found


def late_imports(files: Iterable[Source]) -> list[Import]:
    """Return the imports of the tutor's modules inside functions, except in commands and except of screens."""
    return [
        one
        for each in files
        if not each.path.startswith("cli/")
        for one in imports(each)
        if one.in_function and one.module.startswith("tutor.") and not one.module.startswith("tutor.ui.")
    ]


def needless(files: list[Source], late: Iterable[Import]) -> list[Import]:
    """Return those that could be at the top: they load nothing new and close no cycle.

    The code inside a sandbox and the child process with PyTorch are left out, since they choose when to load what.
    """
    by_module = {each.module: each for each in files}

    def loaded(one: Import) -> set[str]:
        """Return the module that an import names, and the packages above it."""
        name = one.module if one.module in by_module else one.module.rpartition(".")[0]
        found = {name} if name in by_module else set()
        while "." in name:
            name = name.rpartition(".")[0]
            found |= {name} & set(by_module)
        return found

    graph = {each.module: set().union(*(loaded(one) for one in imports(each) if not one.in_function)) for each in files}
    reach = {module: _reached(graph, module) for module in graph}
    found = []
    for one in late:
        file = module_of(one.file)
        wanted = loaded(one)
        would = wanted.union(*(reach[name] for name in wanted))
        if (
            file not in would
            and would <= reach[file] | {file}
            and "inside/" not in one.file
            and "child" not in one.file
        ):
            found.append(one)
    return found


def tell(what: str, value: object, goal: str, detail: str = "") -> None:
    """Print a measure."""
    print(f"{what:<58} {value!s:>8}   goal: {goal}" + (f"   {detail}" if detail else ""))


def main() -> None:
    """Print every measure."""
    files = sources()
    outside = naming_an_activation(files)
    tell("files that name an activation outside registry and engines", len(outside), "0", ", ".join(outside))
    holders = naming_a_mistake(files)
    most = sorted({path for each in holders.values() for path in each if not path.startswith("mistakes/")})
    tell("files outside the registry that name a mistake", len(set(most)), "0", ", ".join(most))
    kinds = naming_a_kind(files)
    counts = sorted(len(each) for each in kinds.values())
    shown = ", ".join(f"{kind} {len(each)}" for kind, each in sorted(kinds.items(), key=lambda item: len(item[1])))
    tell("files that name a kind of block: the last that was added", counts[0], "4", shown)
    tell("  the median of all kinds, with what reads them", median(counts), "4")
    worst = max(kinds, key=lambda kind: len(kinds[kind]))
    tell(f"  the worst, {worst}", counts[-1], "", ", ".join(kinds[worst]))
    stays = way_of_a_lesson()
    back = len(stays) - len(set(stays))
    tell("returns on a lesson's way through its loading", back, "12", f"{len(stays)} stays in {len(set(stays))} files")
    rings = circles(files)
    tell("circles of files", len(rings), "0", "; ".join(" ".join(ring) for ring in rings))
    late = late_imports(files)
    packages = Counter(one.file.partition("/")[0] for one in late)
    shown = ", ".join(f"{name} {count}" for name, count in packages.most_common())
    tell("imports of our own inside functions", len(late), "each with its reason", shown)
    idle = needless(files, late)
    tell(
        "  of them without one: they would load nothing new",
        len(idle),
        "0",
        ", ".join(f"{e.file}:{e.line}" for e in idle),
    )
    lines = {each.path: each.text.count("\n") for each in files}
    new = sum(count for path, count in lines.items() if path.startswith(tuple(f"{name}/" for name in NEW)))
    tell("lines", sum(lines.values()), "42000", f"{new} of them in {', '.join(NEW)}")
    tell("the longest file", max(lines.values()), "500", max(lines, key=lambda path: lines[path]))
    verdicts = [each.path for each in files if re.search(r"^class Verdict\b", each.text, re.M)]
    tell("classes called Verdict", len(verdicts), "1", ", ".join(verdicts))
    placeholders = [each.path for each in files if '"""Placeholder' in each.text]
    tell("docstrings that are placeholders", len(placeholders), "0", ", ".join(placeholders))


if __name__ == "__main__":
    main()
