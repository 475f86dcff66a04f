"""A number at the top of a file says why it has this value and not another."""

import ast
import io
import tokenize
from itertools import pairwise
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "cavitydesign"


def _names(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """Names in capitals that a statement gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for target in targets for part in ast.walk(target)]
    found = [part.id for part in parts if isinstance(part, ast.Name)]
    return found if all(name.strip("_").isupper() for name in found) else []


def _holds_number(value: ast.expr) -> bool:
    """Whether numbers stand in a value; a dictionary is a table, whose keys say what they are."""
    if isinstance(value, ast.Dict):
        return False
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, int | float | complex)
        and not isinstance(part.value, bool)
        for part in ast.walk(value)
    )


def _has_comment(lines: list[str]) -> bool:
    """Whether the lines of a statement hold a comment, and not just its sign in a string."""
    tokens = tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline)
    return any(token.type == tokenize.COMMENT for token in tokens)


def unexplained(source: str) -> list[str]:
    """Numeric constants of a module without a comment on their lines or on the line above, and
    without a string below.
    """
    body, lines = ast.parse(source).body, source.splitlines()
    found = []
    for node, after in pairwise([*body, None]):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        names = _names(node)
        if not names or not _holds_number(node.value):
            continue
        above = lines[node.lineno - 2] if node.lineno > 1 else ""
        told = above.startswith("#") or _has_comment(lines[node.lineno - 1 : node.end_lineno])
        string = (
            isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        )
        if not (told or string):
            found.append(f"{node.lineno}: {', '.join(names)}")
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("_MOST = 3\n", ["1: _MOST"]),
        ("_LOW, _HIGH = 1, 2.5\n", ["1: _LOW, _HIGH"]),
        ("_STEP: float = -1e-3\n", ["1: _STEP"]),
        ("_ROWS = (\n    (1, 2),\n)\n", ["1: _ROWS"]),
        ("_A = 1  # why\n_B = 2\n", ["2: _B"]),
        ("# why\n\n_A = 1\n", ["3: _A"]),
        ("_A = len('#') + 1\n", ["1: _A"]),
        ("# why\n_A = 1\n", []),
        ("_A = 1\n'''Why.'''\n", []),
        ("_ROWS = (\n    (1, 2),  # why\n)\n", []),
        ("_TABLE = {'a': 1}\n_NAME = 'a'\n_FLAG = True\nlower = 1\n__all__ = ['a']\n", []),
    ],
)
def test_the_rule(source: str, found: list[str]) -> None:
    assert unexplained(source) == found


def test_every_number_has_a_reason() -> None:
    """Whoever adds one writes what goes wrong below and above it, or what it was measured on."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{one}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for one in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert not found, "numbers without a reason beside or above them:\n" + "\n".join(found)
