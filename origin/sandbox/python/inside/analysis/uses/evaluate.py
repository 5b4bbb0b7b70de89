"""What an expression can come to, without running anything."""

import ast

from inside.analysis.uses.literals import default_of, joined_url, of_constant, shortened
from inside.analysis.uses.names import Binding, Names, Scope, functions_of
from inside.analysis.uses.texts import UNKNOWN, Text, either, in_sequence, joined, known

_MOST_STEPS = 40_000
_DEEPEST = 40
_KEEPING = frozenset({'strip', 'rstrip', 'lstrip', 'encode', 'decode', 'removesuffix', 'casefold', 'lower'})
"""Methods of a text that leave the host in it what it is."""
_FIRST = frozenset(
    {'str', 'random.choice', 'urllib.request.Request', 'httpx.URL', 'next', 'copy.copy', 'copy.deepcopy'}
)
"""Functions that give what their first argument is, or one item of it."""
_GATHERED = frozenset({'list', 'tuple', 'set', 'frozenset', 'sorted', 'reversed', 'iter'})


class TooMuch(Exception):
    """The text asks for more looking up than any tool that a person wrote."""


class Evaluator:
    """Reads the expressions of one text. Each has a few alternatives; what is not understood is unknown."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[int, list[Text]] = {}
        self._open: set[int] = set()
        self._is_cut = False
        self._left = _MOST_STEPS

    def texts(self, node: ast.AST | None) -> list[Text]:
        """The texts that an expression can be. Raises TooMuch when the work for a text is over."""
        self._spend(1)
        if node is None:
            return [UNKNOWN]
        if id(node) in self._known:
            return self._known[id(node)]
        if id(node) in self._open or len(self._open) > _DEEPEST:
            self._is_cut = True
            return [UNKNOWN]
        self._open.add(id(node))
        found = either(self._read(node))
        self._open.remove(id(node))
        self._is_cut = self._is_cut and len(self._open) > 0
        if not self._is_cut:
            self._known[id(node)] = found
        return found

    def dotted(self, node: ast.AST, depth: int = 0) -> str | None:
        """The full name of what an expression names (`h.get` is `http.get`), or None."""
        self._spend(1)
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value, depth + 1)
            return None if owner is None else f'{owner}.{node.attr}'
        if not isinstance(node, ast.Name):
            return None
        bindings = self._scope(node).find(node.id)
        if bindings is None:
            return node.id
        for binding in bindings:
            self._spend(1)
            if binding.kind == 'module':
                return binding.name
            if binding.kind == 'value' and isinstance(binding.node, ast.Name | ast.Attribute):
                return self.dotted(binding.node, depth + 1)
        return None

    def values_of(self, node: ast.AST) -> list[ast.AST]:
        """The expressions that a name or an attribute is bound to; the expression itself if it is neither."""
        if isinstance(node, ast.Name):
            bindings = self._scope(node).find(node.id) or []
            self._spend(len(bindings))
            return [each.node for each in bindings if each.kind == 'value' and each.node is not None]
        if isinstance(node, ast.Attribute):
            return list(self._names.attributes.get(node.attr, ()))
        return [node]

    def _scope(self, node: ast.AST) -> Scope:
        return self._names.scopes.get(id(node), self._names.module)

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooMuch

    def _read(self, node: ast.AST) -> list[Text]:
        if isinstance(node, ast.Constant):
            return [of_constant(node.value)]
        if isinstance(node, ast.JoinedStr):
            return self._sequence([self._piece(part) for part in node.values])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._sequence([self.texts(node.left), self.texts(node.right)])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self._filled(node.left, '%s', given, {})
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.Attribute):
            return self._all(self._names.attributes.get(node.attr, ()))
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.IfExp):
            return self._all([node.body, node.orelse])
        if isinstance(node, ast.BoolOp):
            return self._all(node.values)
        if isinstance(node, ast.NamedExpr | ast.Await):
            return self.texts(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        return [UNKNOWN]

    def _all(self, nodes: 'list[ast.expr] | tuple[()]') -> list[Text]:
        return [text for node in nodes for text in self.texts(node)] or [UNKNOWN]

    def _sequence(self, parts: list[list[Text]]) -> list[Text]:
        self._spend(sum(len(part) for part in parts))
        return in_sequence(parts)

    def _piece(self, part: ast.expr) -> list[Text]:
        if not isinstance(part, ast.FormattedValue):
            return self.texts(part)
        plain = part.conversion in (-1, ord('s')) and part.format_spec is None
        return self.texts(part.value) if plain else [UNKNOWN]

    def _named(self, node: ast.Name) -> list[Text]:
        bindings = self._scope(node).find(node.id)
        if bindings is None:
            return [UNKNOWN]
        starts = [text for each in bindings if each.kind != 'grows' for text in self._bound(each)]
        if all(each.kind != 'grows' for each in bindings):
            return starts
        return [*starts, *(joined([text, UNKNOWN]) for text in starts)]

    def _bound(self, binding: Binding) -> list[Text]:
        match binding.kind:
            case 'value':
                return self.texts(binding.node)
            case 'item' | 'key':
                return self._all(self._items(binding.node, keys=True))
            case 'entry':
                return self._all(self._items(binding.node, keys=False))
            case 'parameter':
                return self._parameter(binding)
            case _:
                return [UNKNOWN]

    def _parameter(self, binding: Binding) -> list[Text]:
        """What the calls in this text give; callers from outside know `main` alone."""
        function = binding.node
        assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        calls = self._names.calls.get(id(function), ())
        if getattr(function, 'name', None) == 'main' or not calls:
            return [UNKNOWN]
        plain = [*function.args.posonlyargs, *function.args.args]
        at = next((at for at, each in enumerate(plain) if each.arg == binding.name), -1)
        return [
            text
            for call, shift in calls
            for text in self._given(call, function, at - shift, binding.name)
        ]

    def _given(self, call: ast.Call, function: ast.AST, at: int, name: str) -> list[Text]:
        for keyword in call.keywords:
            if keyword.arg == name:
                return self.texts(keyword.value)
        if any(isinstance(each, ast.Starred) for each in call.args):
            return [UNKNOWN]
        if 0 <= at < len(call.args):
            return self.texts(call.args[at])
        return self.texts(default_of(function.args, name))  # type: ignore[attr-defined]

    def _items(self, node: ast.AST | None, keys: bool) -> list[ast.expr]:
        """The items that a text lists; none for what it does not list."""
        found: list[ast.expr] = []
        for value in self.values_of(node) if node is not None else ():
            self._spend(1)
            if isinstance(value, ast.List | ast.Tuple | ast.Set):
                found.extend(value.elts)
            elif isinstance(value, ast.Dict):
                found.extend(each for each in (value.keys if keys else value.values) if each is not None)
            elif isinstance(value, ast.Call) and value.args and self.dotted(value.func) in _GATHERED:
                found.extend(self._items(value.args[0], keys))
            elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                if value.func.attr in ('values', 'keys') and not value.args:
                    found.extend(self._items(value.func.value, value.func.attr == 'keys'))
        return found

    def _item(self, node: ast.Subscript) -> list[Text]:
        if self.dotted(node.value) == 'secrets':
            return [joined([('{{secret:',), text, ('}}',)]) for text in self.texts(node.slice)]
        return self._looked_up(node.value, node.slice)

    def _looked_up(self, container: ast.expr, key: ast.expr) -> list[Text]:
        wanted = key.value if isinstance(key, ast.Constant) else None
        for value in self.values_of(container):
            if isinstance(value, ast.Dict) and wanted is not None:
                exact = [
                    held
                    for name, held in zip(value.keys, value.values, strict=True)
                    if isinstance(name, ast.Constant) and name.value == wanted
                ]
                if exact:
                    return self._all(exact)
        return self._all(self._items(container, keys=False))

    def _call(self, node: ast.Call) -> list[Text]:
        if isinstance(node.func, ast.Attribute):
            method = self._method(node, node.func)
            if method is not None:
                return method
        name = self.dotted(node.func)
        if name in _FIRST and node.args:
            items = self._items(node.args[0], keys=True) if name in ('random.choice', 'next') else []
            return self._all(items or [node.args[0]])
        if name == 'urllib.parse.urljoin' and len(node.args) == 2:
            return self._url_joined(node.args[0], node.args[1])
        if isinstance(node.func, ast.Name):
            given = [
                value
                for function in functions_of(self._scope(node), node.func.id)
                for value in self._names.returns.get(id(function), ())
            ]
            return self._all(given)
        return [UNKNOWN]

    def _method(self, node: ast.Call, func: ast.Attribute) -> list[Text] | None:
        if func.attr == 'format':
            named = {each.arg: each.value for each in node.keywords if each.arg is not None}
            return self._filled(func.value, '{}', node.args, named)
        if func.attr in _KEEPING:
            return [shortened(text, func.attr, node) for text in self.texts(func.value)]
        if func.attr == 'join' and len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
            between = self.texts(func.value)
            parts = [part for each in node.args[0].elts for part in (between, self.texts(each))]
            return self._sequence(parts[1:])
        if func.attr == 'get' and node.args and self.dotted(func.value) == 'secrets':
            return [joined([('{{secret:',), text, ('}}',)]) for text in self.texts(node.args[0])]
        if func.attr == 'get' and node.args and self._items(func.value, keys=False):
            return [*self._looked_up(func.value, node.args[0]), *self._all(node.args[1:2])]
        return None

    def _filled(
        self, pattern: ast.expr, mark: str, given: list[ast.expr], named: dict[str, ast.expr]
    ) -> list[Text]:
        """Texts with marks in them (`'%s'`, `'{}'`, `'{name}'`), filled in."""
        by_key = {**named, **{str(at): each for at, each in enumerate(given)}}
        found: list[Text] = []
        for text in self.texts(pattern):
            self._spend(len(by_key))
            whole = known(text)
            if whole is None or '\0' in whole:
                found.append(UNKNOWN)
                continue
            for key in by_key if mark == '{}' else ():
                whole = whole.replace(f'{{{key}}}', f'\0{key}\0')
            whole = whole.replace('%d', '%s')
            for at in range(len(given)):
                whole = whole.replace(mark, f'\0{at}\0', 1)
            parts = enumerate(whole.split('\0'))
            found.extend(
                self._sequence([self.texts(by_key[part]) if at % 2 else [(part,)] for at, part in parts])
            )
        return found

    def _url_joined(self, base: ast.expr, more: ast.expr) -> list[Text]:
        found: list[Text] = []
        for one in self.texts(base):
            for other in self.texts(more):
                self._spend(1)
                both = known(one), known(other)
                found.append((joined_url(both[0], both[1]),) if None not in both else UNKNOWN)
        return found
