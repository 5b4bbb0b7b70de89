"""Everything that a text uses, as far as the text shows, and what it hides (contract/code-uses.ts)."""

import ast
import re
from collections import defaultdict
from typing import Any

from inside.analysis.uses.evaluate import Evaluator, TooMuch
from inside.analysis.uses.hosts import reach_of
from inside.analysis.uses.modules import from_module, imported, package_for, to_be_named
from inside.analysis.uses.names import Names
from inside.analysis.uses.places import header_parts, place_of
from inside.analysis.uses.requests import Requests
from inside.analysis.uses.texts import known

_PLACEHOLDER = re.compile(r'\{\{secret:([A-Z][A-Z0-9_]{0,99})\}\}')
_SECRET = re.compile(r'[A-Z][A-Z0-9_]{0,99}')
_MAKES_CODE = frozenset({'eval', 'exec', 'compile', 'globals', 'vars', 'breakpoint'})
_REACHES = frozenset(
    """
    __globals__ __builtins__ __subclasses__ __import__ __code__ __closure__ __mro__ __loader__
    __spec__ f_globals f_builtins f_back gi_frame cr_frame tb_frame
    """.split()
)
"""Attributes by which code gets at what it did not import."""
_MOST_TOLD = 60


class Uses:
    """Gathers what one text uses. Of many things that are alike the first is told."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: set[str] = set()
        self._hosts: set[str] = set()
        self._taken: list[tuple[int, str]] = []
        self._placed: dict[int, set[str | None]] = defaultdict(set)
        """Places, as `host/header`, that a taken secret is put into, by its node; None where unseen."""
        self._sent: set[str] = set()
        self._unseen: dict[tuple[str, str | None], int] = {}
        self._covered: set[int] = set()
        names = Names(tree)
        self._evaluator = Evaluator(names)
        self._requests = Requests(self._evaluator)
        for at, (node, _) in enumerate(names.nodes):
            try:
                self._look(node)
            except TooMuch:
                self._hide('too_much', node)
                self._import_only([each for each, _ in names.nodes[at:]])
                break

    def told(self) -> dict[str, Any]:
        """The same as data."""
        wanted = sorted({name for each in self.imports if (name := to_be_named(each)) is not None})
        read = {name for node, name in self._taken if not self._placed[node] or None in self._placed[node]}
        taken = {name for _, name in self._taken}
        if max(map(len, (self._hosts, wanted, taken | self._sent))) > _MOST_TOLD:
            self._unseen.setdefault(('too_much', None), 1)
        packages = {name.split('.')[0]: package_for(name) for name in wanted}
        return {
            'hosts': sorted(self._hosts)[:_MOST_TOLD],
            'modules': [name for name in wanted if packages[name.split('.')[0]] is None][:_MOST_TOLD],
            'packages': [
                {'module': module, 'package': package}
                for module, package in packages.items()
                if package is not None
            ][:_MOST_TOLD],
            'secrets': [
                {'name': name, 'read': name in read, 'places': self._places(name)}
                for name in sorted(taken | self._sent)
            ][:_MOST_TOLD],
            'unseen': [
                {'kind': kind, 'line': line, 'hint': hint}
                for (kind, hint), line in sorted(self._unseen.items(), key=lambda each: each[1])
            ][:_MOST_TOLD],
        }

    def _places(self, name: str) -> list[str]:
        nodes = [node for node, taken in self._taken if taken == name]
        found = {place for node in nodes for place in self._placed[node] if place is not None}
        return sorted(found)[:_MOST_TOLD]

    def _hide(self, kind: str, node: ast.AST, hint: str | None = None) -> None:
        self._unseen.setdefault((kind, hint), getattr(node, 'lineno', 1))

    def _import_only(self, nodes: list[ast.AST]) -> None:
        """What can be told of the rest of a text that asks for too much."""
        for node in nodes:
            if isinstance(node, ast.Import):
                self.imports.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
                self.imports.update(from_module(node.module, [alias.name for alias in node.names]))

    def _look(self, node: ast.AST) -> None:
        for name in imported(node, self._evaluator):
            if name is None:
                self._hide('module', node)
            else:
                self.imports.add(name)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            self._covered.add(id(node.value))  # a docstring
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in self._covered:
                self._sent.update(_PLACEHOLDER.findall(node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            self._covered.add(id(node.value))  # another name for it, which is followed
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Subscript):
            self._secret(node.value, node.slice, node)
        elif isinstance(node, ast.Compare):
            self._covered.update(id(each) for each in node.comparators if self._is_secrets(each))
        if isinstance(node, ast.Name | ast.Attribute):
            self._name(node)

    def _call(self, node: ast.Call) -> None:
        self._covered.add(id(node.func))
        if self._evaluator.dotted(node.func) in _MAKES_CODE:
            self._hide('code', node, self._evaluator.dotted(node.func))
        if isinstance(node.func, ast.Attribute) and node.func.attr == 'get':
            self._secret(node.func.value, node.args[0] if node.args else None, node)
        if not self._requests.is_request(node):
            return
        places: set[str | None] = set()
        for text in self._evaluator.texts(self._requests.address(node)):
            reach = reach_of(text)
            places.add(place_of(text, reach))
            if reach is None:
                continue
            if reach.host is not None:
                self._hosts.add(reach.host)
            if reach.unseen is not None:
                self._hide(reach.unseen, node, reach.hint)
        for header, part in header_parts(node, self._evaluator):
            self._placed[id(part)].update(None if host is None else f'{host}/{header}' for host in places)

    def _secret(self, owner: ast.expr, key: ast.expr | None, node: ast.AST) -> None:
        if not self._is_secrets(owner):
            return
        self._covered.add(id(owner))
        for text in self._evaluator.texts(key):
            name = known(text)
            if name is not None and _SECRET.fullmatch(name):
                self._taken.append((id(node), name))
            else:
                self._hide('secret', node)

    def _is_secrets(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and self._evaluator.dotted(node) == 'secrets'

    def _name(self, node: ast.Name | ast.Attribute) -> None:
        """A name that stands neither where it is called nor where a part of it is taken."""
        if isinstance(node, ast.Attribute):
            if node.attr in _REACHES:
                self._hide('code', node, node.attr)
            is_part = isinstance(node.value, ast.Name) and node.attr not in ('keys', 'values', 'items')
            if is_part:
                self._covered.add(id(node.value))
            if self._evaluator.dotted(node) == 'http.sync':
                return
        elif node.id in _REACHES and id(node) not in self._covered:
            self._hide('code', node, node.id)
        if id(node) in self._covered or not isinstance(node.ctx, ast.Load):
            return
        if self._is_secrets(node):
            self._hide('secret', node)
        elif self._requests.is_sender(node):
            self._hide('request', node)
