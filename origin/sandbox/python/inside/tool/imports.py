"""The import statement as a tool sees it.

This is policy: it tells an author early and in words what a tool may use. It is not the boundary.
A tool that goes around it (every module holds references to others) meets the kernel's limits,
which do not depend on anything in this interpreter.
"""

import builtins
import importlib
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from inside.tool.distributions import package_of
from inside.tool.modules import DEFAULT_MODULES, is_allowed
from inside.tool.withheld import as_shown, is_withheld

_import = builtins.__import__
_BUILTINS = dict(vars(builtins))
"""Those of the one tool of this process. A copy made for the call would touch every one of them."""


class ToolImports:
    """Serves `__import__` to one tool.

    `modules` are the names in the tool's manifest. `given` are ready objects that take the place
    of the module of that name.
    """

    def __init__(self, modules: Sequence[str], given: Mapping[str, Any]) -> None:
        self._allowed = DEFAULT_MODULES | frozenset(modules)
        self._named = frozenset(modules)
        self._named_roots = frozenset(name.split('.')[0] for name in modules)
        self._given = given
        self._facades: dict[str, types.ModuleType] = {}

    def builtins(self) -> dict[str, Any]:
        """The usual builtins with this `__import__` in them."""
        _BUILTINS['__import__'] = self._import
        return _BUILTINS

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if level != 0:
            raise ImportError('a tool is a single file: a relative import has nothing to refer to')
        if isinstance(fromlist, list) and not fromlist:
            # PyImport_Import(): C code at work for the tool, as strptime() is when it needs
            # `_strptime`. The statement passes a tuple or None.
            return _import(name, globals, locals, fromlist, 0)
        if name in self._given:
            return self._given[name]
        try:
            if is_withheld(name) and not is_allowed(name, self._named):
                raise ImportError(_not_approved(name), name=name)
            if is_allowed(name.split('.')[0], self._allowed):
                return self._shown(_import(name, globals, locals, fromlist, 0))
            return self._beneath(name, tuple(fromlist or ()))
        except ModuleNotFoundError as error:
            if error.name != name or name.split('.')[0] not in self._named_roots:
                raise
            raise ModuleNotFoundError(
                f'`{name}` is in the manifest but is not installed here', name=name
            ) from None

    def _beneath(self, name: str, wanted: tuple[str, ...]) -> Any:
        """Imports inside a package that is itself not allowed: shows the allowed part, no more."""
        if is_allowed(name, self._allowed):
            leaf = self._shown(importlib.import_module(name))
            return leaf if wanted else self._facade(name, leaf)
        parts = [f'{name}.{item}' for item in wanted]
        if not parts or not all(is_allowed(part, self._allowed) for part in parts):
            raise ImportError(_not_approved(name), name=name)
        for part in parts:
            self._facade(part, self._shown(importlib.import_module(part)))
        return self._facades[name]

    def _shown(self, module: types.ModuleType) -> types.ModuleType:
        return module if is_allowed(module.__name__, self._named) else as_shown(module)

    def _facade(self, name: str, leaf: types.ModuleType) -> types.ModuleType:
        """The first package of a dotted name, holding the way to the leaf and nothing else."""
        parts = name.split('.')
        for depth in range(len(parts) - 1, 0, -1):
            above = '.'.join(parts[:depth])
            package = self._facades.setdefault(above, types.ModuleType(above))
            setattr(package, parts[depth], leaf)
            leaf = package
        return leaf


def _not_approved(name: str) -> str:
    """The refusal with the author's next step."""
    top = name.split('.')[0]
    if top in sys.stdlib_module_names:
        wanted = 'it in `modules`'
    else:
        wanted = f'its package in `packages`, as `{package_of(top)}==…`'
    return (
        f'`{name}` is not approved for this tool: name {wanted} (mcpbox_update_tool) and ask for'
        ' approval; a draft under trial has the default modules and those that a person permitted'
        ' before (mcpbox_request_module)'
    )
