"""Syntax trees in which the names of local variables are numbers.

What a function calls its own variables decides no number, so that a digest of the code shall not
follow it. Every variable is numbered by its first appearance within the outermost function; two
variables never share a number. Names that others may use stay: parameters (callers name them),
functions, imports, attributes and all names of a module or a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# A function that names one of these can see what its variables are called (pandas' `query` too).
_SEE_NAMES = {"locals", "eval", "exec", "query", "_getframe", "currentframe"}
# The same, where they are called with nothing.
_SEE_NAMES_ALONE = {"vars", "dir"}


class NumberedLocals(ast.NodeTransformer):
    """Replaces names of local variables by numbers, in place."""

    def __init__(self) -> None:
        # Scopes from outside in: of each the variables that it binds, and their numbers.
        self.scopes: list[dict[str, str]] = []
        self.used = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Number the variables of a function; its decorators and defaults stand outside it."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Number the variables of a coroutine as those of a function."""
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """A lambda binds its parameters, whose names stay."""
        return self._function(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Number the variables of a comprehension."""
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """Number the variables of a comprehension."""
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Number the variables of a comprehension."""
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Number the variables of a comprehension."""
        return self._comprehension(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """One use of a variable."""
        node.id = self._called(node.id)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        """Variables of a function around this one."""
        node.names = [self._called(name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """The caught error is a variable."""
        if node.name is not None:
            node.name = self._called(node.name)
        return self.generic_visit(node)

    def _called(self, name: str) -> str:
        """What a name is called in the numbered tree: the innermost scope that binds it decides."""
        for scope in reversed(self.scopes):
            if name in scope:
                if not scope[name]:
                    self.used += 1
                    # No identifier, so that it cannot be taken for a name that stayed.
                    scope[name] = f"local {self.used}"
                return scope[name]
        return name

    def _function(self, node: _Function) -> ast.AST:
        arguments = node.args
        parameters = [one for one in ast.walk(arguments) if isinstance(one, ast.arg)]
        outside = [*arguments.defaults, *arguments.kw_defaults]
        outside += [one.annotation for one in parameters]
        if not isinstance(node, ast.Lambda):
            outside += [*node.decorator_list, node.returns]
        for expression in outside:
            if expression is not None:
                self.visit(expression)
        if not self.scopes:
            self.used = 0
            if _names_are_seen(node):
                return node
        body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        self.scopes.append({**_bound(body), **{one.arg: one.arg for one in parameters}})
        for part in body:
            self.visit(part)
        self.scopes.pop()
        return node

    def _comprehension(self, node: _Comprehension) -> ast.AST:
        if not self.scopes:
            self.used = 0
        # The first iterable is evaluated outside.
        self.visit(node.generators[0].iter)
        self.scopes.append(_bound([one.target for one in node.generators]))
        for number, one in enumerate(node.generators):
            if number:
                self.visit(one.iter)
            self.visit(one.target)
            for condition in one.ifs:
                self.visit(condition)
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                self.visit(getattr(node, field))
        self.scopes.pop()
        return node


def _bound(parts: Iterable[ast.AST]) -> dict[str, str]:
    """Names that a scope binds, each with what it is called: itself where it stays, else nothing
    yet.
    """
    variables, staying, elsewhere = set(), set(), set()
    for node in _within(parts):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            variables.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            variables.add(node.name)
        elif isinstance(node, _Definition):
            staying.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            staying |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            staying.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            staying.add(node.rest)
        elif isinstance(node, ast.Global):
            staying |= set(node.names)
        elif isinstance(node, ast.Nonlocal):
            elsewhere |= set(node.names)
    names = dict.fromkeys(sorted(variables - elsewhere), "")
    return names | {name: name for name in staying}


def _within(parts: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of one scope, without what inner scopes keep for themselves."""
    for node in parts:
        yield node
        if isinstance(node, _Definition | ast.Lambda):
            continue
        if isinstance(node, _Comprehension):
            # Its variables are its own; `:=` in it binds in the function around it.
            yield from (one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
        else:
            yield from _within(ast.iter_child_nodes(node))


def _names_are_seen(function: _Function) -> bool:
    """Whether a function may see what its variables are called, or holds a class, whose names mean
    both its own and those around it.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.ClassDef):
            return True
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        if name in _SEE_NAMES:
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _SEE_NAMES_ALONE
            and not (node.args or node.keywords)
        ):
            return True
    return False
