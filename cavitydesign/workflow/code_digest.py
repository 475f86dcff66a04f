"""The version of all code and data that decide numbers, for the identity of stored results."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..study.records.disk import write_whole
from ..version import __version__
from .local_names import NumberedLocals

_DECIDING = (
    "units",
    "materials",
    "geometry",
    "mesh",
    "fem",
    "eigen",
    "analytic",
    "modes",
    "gain",
    "lasing",
    "design",
    "workflow",
)
# Raise it when the digest of a file is taken in another way: kept digests are then not used.
_FORM = 2
_DIGEST = re.compile(r"[0-9a-f]{64}")


@functools.cache
def relevant_version() -> str:
    """Digest of all code and data that decide the numbers.

    Stored results outlive a release that leaves the physics alone, and never pass for those of
    changed physics. The digest is taken of the syntax trees, without comments, docstrings, import
    paths, file names and what functions call their own variables: words and moves cost nobody a
    study. Where the package's files are not at hand (a zipped installation) the digest is the
    package's version.
    """
    home = Path(__file__).parents[1]
    files = [
        path
        for name in _DECIDING
        for path in ([home / f"{name}.py"], (home / name).rglob("*"))[(home / name).is_dir()]
        if path.suffix in (".py", ".toml", ".csv") and path.is_file()
    ]
    if not files:
        return __version__
    known = _known_digests()
    asked = {path: _key(path) for path in files}
    new = {key: _content_digest(path) for path, key in asked.items() if key not in known}
    known |= new
    if new:
        _keep({key: known[key] for key in asked.values()})
    parts = sorted(bytes.fromhex(known[key]) for key in asked.values())
    return f"physics {hashlib.sha256(b''.join(parts)).hexdigest()[:16]}"


def _key(path: Path) -> str:
    """What a file's content digest follows from: its bytes and how they are read."""
    python = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256(
        f"{_FORM} {python} {path.suffix} ".encode() + path.read_bytes()
    ).hexdigest()


def _store() -> Path:
    """Where digests of earlier runs are kept: the user's own folder for what can be made again."""
    home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "cavitydesign" / "code-digests.json"


def _known_digests() -> dict[str, str]:
    """Content digests of earlier runs, none where they cannot be read."""
    try:
        found = json.loads(_store().read_text())
    except (OSError, ValueError, RuntimeError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: one for key, one in found.items() if _DIGEST.fullmatch(str(one))}


def _keep(digests: Mapping[str, str]) -> None:
    """Keep digests for the next run; where that cannot be done they are made again."""
    with suppress(OSError, RuntimeError):
        store = _store()
        store.parent.mkdir(parents=True, exist_ok=True)
        write_whole(store, json.dumps(dict(digests)).encode())


def _content_digest(path: Path) -> str:
    """Digest of one file's content: of its bytes, or of its syntax tree if it is Python."""
    content = path.read_bytes()
    if path.suffix == ".py":
        tree = NumberedLocals().visit(_WithoutWords().visit(ast.parse(content)))
        content = ast.dump(tree, include_attributes=False).encode()
    return hashlib.sha256(content).hexdigest()


class _WithoutWords(ast.NodeTransformer):
    """Takes what cannot change a number out of a syntax tree."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Drop the docstring of a module, class or function."""
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                del body[0]
        return node

    def visit_Import(self, node: ast.Import) -> None:
        """Drop imports of modules; what is used of them stands where it is used."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        """Keep the imported names and drop the path that they come from."""
        if node.module == "__future__":
            return None
        return ast.ImportFrom(module="", names=node.names, level=0)
