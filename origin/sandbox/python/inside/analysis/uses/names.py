"""What the names of a text are bound to, everywhere in it, whatever the order in which it runs."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_MOST_MEANINGS = 20
"""Functions of one name that are looked at; a text that a person wrote has one or two."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


_LEAVES = (ast.Name, ast.Constant, ast.Pass)
_MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
"""Nodes that say how their parent is meant, and nothing else."""

_BINDLESS = (*_LEAVES, ast.Call, ast.Attribute, ast.Expr, ast.BinOp, ast.JoinedStr)


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing that a name may be: an expression, an item of one, and so on.

    `grows`: a text to which something is added. `parameter`: `name` of `function`.
    """

    kind: Literal['value', 'item', 'key', 'entry', 'grows', 'parameter', 'module', 'function', 'unknown']
    node: ast.AST | None = None
    name: str = ''


UNREADABLE = Binding('unknown')


@dataclass
class Scope:
    """The names of one function or of the module."""

    above: 'Scope | None'
    names: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: dict[str, 'Scope'] = field(default_factory=dict)

    def find(self, name: str) -> list[Binding] | None:
        """What a name is bound to where it is seen first; None when nothing here binds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.above
        return None

    def top(self) -> 'Scope':
        """The scope of the module."""
        return self if self.above is None else self.above.top()


class Names:
    """Scopes of all nodes of a text, gathered in one walk without recursion."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes: list[tuple[ast.AST, Scope]] = []
        """Every node with its scope, parents before children, in the order of the text."""
        self.scopes: dict[int, Scope] = {}
        self.attributes: dict[str, list[ast.expr]] = defaultdict(list)
        """What is assigned to an attribute of that name, of whatever object."""
        self.returns: dict[int, list[ast.expr]] = defaultdict(list)
        self.calls: dict[int, list[tuple[ast.Call, int]]] = defaultdict(list)
        """Calls of a function by its name, by the id of its node, and how many of its first
        parameters they do not give: one where it is called as a method."""
        self._methods: dict[str, list[Function]] = defaultdict(list)
        self.module = Scope(None)
        self._walk(tree)
        self._note_calls()

    def _walk(self, tree: ast.Module) -> None:
        waiting: list[tuple[ast.AST, Scope, ast.AST | None, bool]] = [(tree, self.module, None, False)]
        while waiting:
            node, scope, function, in_class = waiting.pop()
            self.nodes.append((node, scope))
            self.scopes[id(node)] = scope
            inner, owner, beneath = scope, function, in_class
            if isinstance(node, Function):
                inner, owner, beneath = Scope(scope), node, False
                if in_class and not isinstance(node, ast.Lambda):
                    self._methods[node.name].append(node)
                elif not isinstance(node, ast.Lambda):
                    self._bind(scope, node.name, Binding('function', node))
                self._bind_parameters(inner, node)
            elif isinstance(node, ast.ClassDef):
                self._bind(scope, node.name, UNREADABLE)
                beneath = True
            elif isinstance(node, ast.Return) and node.value is not None and function is not None:
                self.returns[id(function)].append(node.value)
            elif isinstance(node, ast.Global):
                scope.elsewhere.update({name: scope.top() for name in node.names})
            else:
                self._read(scope, node, in_class)
            if not isinstance(node, _LEAVES):
                children = [each for each in ast.iter_child_nodes(node) if not isinstance(each, _MARKS)]
                waiting.extend((child, inner, owner, beneath) for child in reversed(children))
        for lambdas, _ in self.nodes:
            if isinstance(lambdas, ast.Lambda):
                self.returns[id(lambdas)].append(lambdas.body)

    def _bind(self, scope: Scope, name: str, binding: Binding) -> None:
        scope.elsewhere.get(name, scope).names[name].append(binding)

    def _bind_parameters(self, scope: Scope, function: Function) -> None:
        given = function.args
        for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            self._bind(scope, parameter.arg, Binding('parameter', function, parameter.arg))
        for rest in (given.vararg, given.kwarg):
            if rest is not None:
                self._bind(scope, rest.arg, UNREADABLE)

    def _read(self, scope: Scope, node: ast.AST, in_class: bool) -> None:
        if isinstance(node, _BINDLESS):
            return
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(scope, target, 'value', node.value, in_class)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            self._assign(scope, node.target, 'value', node.value, in_class)
        elif isinstance(node, ast.AugAssign):
            kind = 'grows' if isinstance(node.op, ast.Add) else 'unknown'
            self._assign(scope, node.target, kind, node.value, in_class)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._loop(scope, node.target, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._assign(scope, node.optional_vars, 'value', node.context_expr, in_class)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split('.')[0]
                self._bind(scope, name, Binding('module', None, alias.name if alias.asname else name))
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                self._bind(scope, alias.asname or alias.name, Binding('module', None, f'{node.module}.{alias.name}'))
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            self._bind(scope, node.name, UNREADABLE)

    def _assign(self, scope: Scope, target: ast.expr, kind: str, value: ast.expr, in_class: bool) -> None:
        if isinstance(target, ast.Name) and in_class:
            self.attributes[target.id].append(value)
        elif isinstance(target, ast.Name):
            self._bind(scope, target.id, Binding(kind, value))  # type: ignore[arg-type]
        elif isinstance(target, ast.Attribute):
            self.attributes[target.attr].append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            pairs = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            same = len(pairs) == len(target.elts)
            for at, part in enumerate(target.elts):
                if same:
                    self._assign(scope, part, kind, pairs[at], in_class)
                elif isinstance(part, ast.Name):
                    self._bind(scope, part.id, Binding('item', value))
                else:
                    self._unknown(scope, part)
        else:
            self._unknown(scope, target)

    def _loop(self, scope: Scope, target: ast.expr, over: ast.expr) -> None:
        is_pairs = isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == 'items'
        if isinstance(target, ast.Name):
            self._bind(scope, target.id, Binding('item', over))
        elif is_pairs and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            for part, kind in zip(target.elts, ('key', 'entry'), strict=True):
                if isinstance(part, ast.Name):
                    self._bind(scope, part.id, Binding(kind, over.func.value))  # type: ignore[arg-type]
        else:
            self._unknown(scope, target)

    def _unknown(self, scope: Scope, target: ast.expr) -> None:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                self._bind(scope, name.id, UNREADABLE)

    def _note_calls(self) -> None:
        for node, scope in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for function in functions_of(scope, node.func.id):
                    self.calls[id(function)].append((node, 0))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                for function in self._methods.get(node.func.attr, ())[:_MOST_MEANINGS]:
                    self.calls[id(function)].append((node, 1))


def functions_of(scope: Scope, name: str) -> Iterator[Function]:
    """The functions of this text that a name stands for."""
    for binding in (scope.find(name) or ())[:_MOST_MEANINGS]:
        if isinstance(binding.node, Function) and binding.kind in ('function', 'value'):
            yield binding.node
