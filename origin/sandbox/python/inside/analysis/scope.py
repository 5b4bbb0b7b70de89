"""What the names in a module stand for, as far as its text tells."""

import ast
import dataclasses
import enum
import typing
from collections.abc import Iterator
from typing import Any

from inside.tool.values import NotJson, to_json


_STARRED = {module.__name__: module.__all__ for module in (dataclasses, enum, typing)}


class NotLiteral(Exception):
    """An expression whose value shows only when the code runs."""


class Scope:
    """Top-level imports, classes and assignments. Later ones replace earlier ones."""

    def __init__(self, module: ast.Module) -> None:
        self.classes: dict[str, ast.ClassDef] = {}
        self.assigned: dict[str, ast.expr] = {}
        self._imported: dict[str, str] = {}
        for statement in _top_level(module.body):
            self._read(statement)

    def dotted(self, node: ast.expr) -> str | None:
        """The full name of what an expression names (`t.List` is `typing.List`), or None."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return None if owner is None else f'{owner}.{node.attr}'
        return None

    def literal(self, node: ast.expr) -> Any:
        """The JSON value of an expression; NotLiteral when the text does not tell it."""
        if isinstance(node, ast.Name) and node.id in self.assigned:
            node = self.assigned[node.id]
        try:
            return to_json(ast.literal_eval(node))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, NotJson):
            raise NotLiteral from None

    def _read(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.split('.')[0]
                self._imported[name] = alias.name if alias.asname else name
        elif isinstance(statement, ast.ImportFrom):
            for name, local in _imported_names(statement):
                self._imported[local] = f'{statement.module}.{name}'
        elif isinstance(statement, ast.ClassDef):
            self.classes[statement.name] = statement
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._assign(statement.targets[0], statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement.target, statement.value)
        elif type(statement).__name__ == 'TypeAlias':  # `type X = …`, from Python 3.12
            self._assign(statement.name, statement.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.assigned[target.id] = value


def _imported_names(statement: ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Names and what they are called here; a star stands for all of a module that we know."""
    for alias in statement.names:
        if alias.name == '*':
            exported = _STARRED.get(statement.module or '', ())
            yield from ((name, name) for name in exported)
        else:
            yield alias.name, alias.asname or alias.name


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of the module, those in its `if` and `try` blocks included."""
    for statement in body:
        yield statement
        for block in ('body', 'orelse', 'finalbody') if isinstance(statement, ast.If | ast.Try) else ():
            yield from _top_level(getattr(statement, block, []))
