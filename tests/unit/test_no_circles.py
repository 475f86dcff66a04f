"""No circle of files: what a file imports as it is loaded, or for its types, never leads back to
it. An import inside a function is a method that hands over to the file that does its work.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2] / "cavitydesign"


def name_of(path: Path) -> str:
    """Dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in ROOT.rglob("*.py")}


def outside_functions(node: ast.AST) -> Iterator[ast.ImportFrom]:
    """Imports of a file but those inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.ImportFrom):
            yield child
        yield from outside_functions(child)


def imported_by(name: str, path: Path) -> set[str]:
    """Modules of the package that a module names; a package's own list of names is no file."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in outside_functions(ast.parse(path.read_text(encoding="utf-8"))):
        parts = package.split(".")
        parts = parts[: len(parts) - node.level + 1] if node.level else []
        base = ".".join([*parts, node.module] if node.module else parts)
        for alias in node.names:
            full = f"{base}.{alias.name}"
            found.add(full if full in MODULES else base)
    return {one for one in found if one in MODULES and one != name}


def test_no_circle_of_files() -> None:
    graph = {
        name: {one for one in imported_by(name, path) if MODULES[one].name != "__init__.py"}
        for name, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_a_circle_is_seen() -> None:
    """The search itself: a circle of two among three."""
    try:
        TopologicalSorter({"a": {"b"}, "b": {"c"}, "c": {"b"}}).prepare()
    except CycleError as error:
        assert set(error.args[1]) == {"b", "c"}
    else:
        raise AssertionError("a circle was not seen")
