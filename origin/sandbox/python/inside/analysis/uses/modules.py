"""Which modules a text imports, and what of them a tool has to ask for."""

import ast
import sys
from collections.abc import Iterator

from inside.analysis.uses.evaluate import Evaluator
from inside.analysis.uses.texts import known
from inside.tool.distributions import package_of
from inside.tool.modules import DEFAULT_MODULES, is_allowed
from inside.tool.withheld import is_withheld

_GIVEN = frozenset({'http', 'mcpbox', 'secrets'})
"""Names under which a tool finds what MCPbox gives it."""
_IMPORTERS = frozenset({'importlib.import_module', '__import__', 'builtins.__import__'})


def imported(node: ast.AST, evaluator: Evaluator) -> Iterator[str | None]:
    """Names that a node imports; None for one that shows only when the code runs."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
        yield from from_module(node.module, [alias.name for alias in node.names])
    elif isinstance(node, ast.Call) and evaluator.dotted(node.func) in _IMPORTERS:
        yield from (known(text) for text in evaluator.texts(node.args[0] if node.args else None))


def from_module(module: str, items: list[str]) -> list[str]:
    """`from a import b` counts as `a.b` where only that is usual, or where that is withheld."""
    beneath = [f'{module}.{item}' for item in items]
    usual = DEFAULT_MODULES.issuperset(beneath) and not is_allowed(module, DEFAULT_MODULES)
    return beneath if usual else [module, *(name for name in beneath if is_withheld(name))]


def to_be_named(name: str) -> str | None:
    """What a manifest must name for an import to work; None where it works for every tool."""
    if name.split('.')[0] in _GIVEN:
        return None
    if is_withheld(name):
        return name.rpartition('.')[0]
    return None if is_allowed(name, DEFAULT_MODULES) else name


def package_for(name: str) -> str | None:
    """The package that likely brings a module; None for one of the standard library."""
    top = name.split('.')[0]
    return None if top in sys.stdlib_module_names else package_of(top)
