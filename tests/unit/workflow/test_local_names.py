"""A digest of code does not follow the names of local variables, and follows all else."""

from __future__ import annotations

import ast
import dis
from pathlib import Path
from types import CodeType

import pytest

import cavitydesign
from cavitydesign.workflow.local_names import NumberedLocals

SUM = """
def total(values, *, start=0.0):
    found = start
    for value in values:
        found += value
    return found
"""
# Pairs of programs that do the same: only what functions call their own variables differs.
SAME = {
    "variables": (
        SUM,
        SUM.replace("found", "result").replace("value ", "one ").replace("+= value", "+= one"),
    ),
    "comprehension": (
        "def f(rows):\n    return [a + b for a in rows for b in rows if a > b]",
        "def f(rows):\n    return [x + y for x in rows for y in rows if x > y]",
    ),
    "caught error": (
        "def f(x):\n    try:\n        g()\n    except E as e:\n        raise F(x) from e",
        "def f(x):\n    try:\n        g()\n    except E as error:\n        raise F(x) from error",
    ),
    "closure": (
        "def f(x):\n    n = x\n    def g():\n        nonlocal n\n        n += 1\n    g()\n    return n",
        "def f(x):\n    k = x\n    def g():\n        nonlocal k\n        k += 1\n    g()\n    return k",
    ),
    "two variables of one name": (
        "def f(x):\n    n = 2\n    return [n for n in x], n",
        "def f(x):\n    n = 2\n    return [m for m in x], n",
    ),
    "walrus": (
        "def f(x):\n    return [y for one in x if (y := one) > 0], y",
        "def f(x):\n    return [z for one in x if (z := one) > 0], z",
    ),
    "method": (
        "class A:\n    def f(self):\n        a = self.a\n        return a",
        "class A:\n    def f(self):\n        b = self.a\n        return b",
    ),
}
# Pairs of programs that may differ in what they compute.
OTHER = {
    "another variable": (
        "def f(x):\n    a, b = x\n    return a - b",
        "def f(x):\n    a, b = x\n    return b - a",
    ),
    "parameters, which callers name": ("def f(a, b): return a - b", "def f(b, a): return b - a"),
    "a parameter of a lambda": ("f = lambda a: a", "f = lambda b: b"),
    "an attribute": (
        "def f(x):\n    a = x.a\n    return a",
        "def f(x):\n    a = x.b\n    return a",
    ),
    "a module's name": ("A = 1\ndef f(): return A", "A = 1\ndef f(): return B"),
    "a global variable": (
        "def f():\n    global n\n    n = 1",
        "def f():\n    global k\n    k = 1",
    ),
    "shadow or not": (
        "def f(x):\n    n = 2\n    return [n for n in x], n",
        "def f(x):\n    n = 2\n    return [n for m in x], n",
    ),
    "own variable or that around": (
        "def f():\n    n = 1\n    def g():\n        n = 2\n    g()\n    return n",
        "def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = 2\n    g()\n    return n",
    ),
    "a function of another name": (
        "def f(x):\n    n = 2\n    def g():\n        def n(): ...\n        return n\n    return g",
        "def f(x):\n    n = 2\n    def g():\n        def k(): ...\n        return n\n    return g",
    ),
    "an import of another name": (
        "def f(x):\n    from math import sin\n    return sin(x)",
        "def f(x):\n    from math import cos\n    return cos(x)",
    ),
    "names that are seen": (
        "def f():\n    a = 1\n    return locals()",
        "def f():\n    b = 1\n    return locals()",
    ),
    "names in a table's query": (
        "def f(t):\n    a = 1\n    return t.query('x > @a')",
        "def f(t):\n    b = 1\n    return t.query('x > @a')",
    ),
    "fields of a class": (
        "def f():\n    class A:\n        a = 1\n    return A",
        "def f():\n    class A:\n        b = 1\n    return A",
    ),
    "a number": (SUM, SUM.replace("0.0", "1.0")),
}


def numbered(source: str) -> str:
    """The tree whose digest is taken."""
    return ast.dump(NumberedLocals().visit(ast.parse(source)))


@pytest.mark.parametrize("case", SAME)
def test_names_of_variables_do_not_count(case: str) -> None:
    first, second = SAME[case]
    assert ast.dump(ast.parse(first)) != ast.dump(ast.parse(second))
    assert numbered(first) == numbered(second)


@pytest.mark.parametrize("case", OTHER)
def test_all_else_counts(case: str) -> None:
    first, second = OTHER[case]
    assert numbered(first) != numbered(second)


def instructions(code: CodeType) -> list[object]:
    """What a code object does, with how many variables of each kind, without their names."""
    counts = (len(code.co_varnames), len(code.co_cellvars), len(code.co_freevars))
    inner = [instructions(one) for one in code.co_consts if isinstance(one, CodeType)]
    return [counts, [one.opname for one in dis.get_instructions(code)], *inner]


@pytest.mark.parametrize("room", ["eigen", "modes/solver", "study/records"])
def test_numbered_code_does_the_same(room: str) -> None:
    """Python itself as the judge of scopes: with numbers for names each file compiles to the same
    instructions on as many local, shared and captured variables.
    """
    changed = 0
    for path in sorted((Path(cavitydesign.__file__).parent / room).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        tree = NumberedLocals().visit(ast.parse(source))
        changed += ast.dump(tree) != ast.dump(ast.parse(source))
        before, after = (compile(one, str(path), "exec") for one in (source, tree))
        assert instructions(after) == instructions(before), path
    assert changed
