"""From an annotation to JSON Schema 2020-12."""

import ast
from typing import Any

from inside.analysis import classes, enums
from inside.analysis.scope import NotLiteral, Scope

Schema = dict[str, Any]

_MAX_SCHEMAS = 5_000

_SEQUENCES = frozenset(
    """
    list typing.List typing.Sequence typing.Iterable typing.Collection typing.MutableSequence
    collections.abc.Sequence collections.abc.Iterable collections.abc.Collection
    collections.abc.MutableSequence
    """.split()
)
_SETS = frozenset(
    """
    set frozenset typing.Set typing.FrozenSet typing.AbstractSet collections.abc.Set
    collections.abc.MutableSet
    """.split()
)
_MAPPINGS = frozenset(
    """
    dict typing.Dict typing.Mapping typing.MutableMapping collections.abc.Mapping
    collections.abc.MutableMapping
    """.split()
)
_TUPLES = frozenset({'tuple', 'typing.Tuple'})
_TYPING = ('typing.', 'typing_extensions.')
_TRANSPARENT = frozenset({'Required', 'NotRequired', 'ReadOnly', 'Final', 'ClassVar'})
_PLAIN: dict[str, Schema] = {
    'str': {'type': 'string'},
    'int': {'type': 'integer'},
    'float': {'type': 'number'},
    'bool': {'type': 'boolean'},
    'types.NoneType': {'type': 'null'},
    'typing.Text': {'type': 'string'},
    'datetime.timedelta': {'type': 'number'},
    'datetime.date': {'type': 'string', 'format': 'date'},
    'uuid.UUID': {'type': 'string', 'format': 'uuid'},
}
# Python takes and gives times without a zone, which these formats of RFC 3339 do not know: they are
# asked for in arguments and not promised in results.
_TIMES = {'datetime.datetime': 'date-time', 'datetime.time': 'time'}


class TooLarge(Exception):
    """Types that refer to each other so often that their schema would not end."""


class Annotations:
    """Derives schemas within one module. What it does not understand constrains nothing.

    `output` says that the values are results: then objects may hold more than is declared.
    """

    def __init__(self, scope: Scope, output: bool) -> None:
        self.scope = scope
        self.output = output
        self.definitions: dict[str, Schema] = {}
        self._in_progress: list[str] = []
        self._recursive: set[str] = set()
        self._count = 0

    def schema(self, node: ast.expr | None) -> Schema:
        """The schema of one annotation."""
        self._count += 1
        if self._count > _MAX_SCHEMAS:
            raise TooLarge
        if isinstance(node, ast.Constant):
            return self._constant(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return union([self.schema(node.left), self.schema(node.right)])
        if isinstance(node, ast.Subscript):
            return self._generic(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(node)
        return {}

    def _constant(self, value: Any) -> Schema:
        if value is None:
            return {'type': 'null'}
        if not isinstance(value, str):
            return {}
        try:
            return self.schema(ast.parse(value.strip(), mode='eval').body)
        except SyntaxError:
            return {}

    def _named(self, node: ast.expr) -> Schema:
        name = self.scope.dotted(node)
        if name is None:
            return {}
        if name in self.scope.classes:
            return self._once(name, lambda: classes.schema(self, self.scope.classes[name]))
        if name in self.scope.assigned:
            return self._once(name, lambda: self.schema(self.scope.assigned[name]))
        if name in _TIMES:
            return {'type': 'string'} | ({} if self.output else {'format': _TIMES[name]})
        if name == 'decimal.Decimal':
            return {'type': 'string'} if self.output else {'type': ['number', 'string']}
        if name in _SEQUENCES or name in _TUPLES:
            return {'type': 'array'}
        if name in _SETS:
            return {'type': 'array', 'uniqueItems': True}
        if name in _MAPPINGS:
            return {'type': 'object'}
        return dict(_PLAIN.get(name, {}))

    def _once(self, name: str, derive: Any) -> Schema:
        """Derives a named type in place; one that contains itself becomes a definition."""
        if name in self._in_progress:
            self._recursive.add(name)
        if name in self._in_progress or name in self.definitions:
            return {'$ref': f'#/$defs/{name}'}
        self._in_progress.append(name)
        derived = derive()
        self._in_progress.pop()
        if name not in self._recursive:
            return derived
        self.definitions[name] = derived
        return {'$ref': f'#/$defs/{name}'}

    def _generic(self, node: ast.Subscript) -> Schema:
        name = self.scope.dotted(node.value) or ''
        args = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _TUPLES:
            return self._tuple(args)
        if name in _SEQUENCES:
            return _with('items', self.schema(args[0]), {'type': 'array'})
        if name in _SETS:
            return _with('items', self.schema(args[0]), {'type': 'array', 'uniqueItems': True})
        if name in _MAPPINGS:
            value = self.schema(args[1]) if len(args) == 2 else {}
            return _with('additionalProperties', value, {'type': 'object'})
        form = typing_form(name)
        if form == 'Optional':
            return union([self.schema(args[0]), {'type': 'null'}])
        if form == 'Union':
            return union([self.schema(arg) for arg in args])
        if form == 'Literal':
            return self._literal(args)
        if form == 'Annotated':
            return self._annotated(args)
        if form in _TRANSPARENT or name == 'dataclasses.InitVar':
            return self.schema(args[0])
        return {}

    def _tuple(self, args: list[ast.expr]) -> Schema:
        if len(args) == 2 and isinstance(args[1], ast.Constant) and args[1].value is Ellipsis:
            return _with('items', self.schema(args[0]), {'type': 'array'})
        items = [self.schema(arg) for arg in args]
        count = len(items)
        return {'type': 'array', 'prefixItems': items, 'minItems': count, 'maxItems': count}

    def _literal(self, args: list[ast.expr]) -> Schema:
        try:
            return enums.enumeration([enums.literal(self.scope, arg) for arg in args])
        except NotLiteral:
            return {}

    def _annotated(self, args: list[ast.expr]) -> Schema:
        schema = self.schema(args[0])
        for extra in args[1:]:
            text = _description(extra)
            if text is not None:
                return {**schema, 'description': text}
        return schema

    def _call(self, node: ast.Call) -> Schema:
        """NewType('Id', int) and TypedDict('Point', {'x': int}), reached through their name."""
        form = typing_form(self.scope.dotted(node.func) or '')
        if form == 'NewType' and len(node.args) == 2:
            return self.schema(node.args[1])
        if form == 'TypedDict' and len(node.args) == 2 and isinstance(node.args[1], ast.Dict):
            return classes.functional_typed_dict(self, node, node.args[1])
        return {}


def typing_form(dotted: str) -> str | None:
    """`Optional` for `typing.Optional`; None for what is not from typing."""
    prefix = next((each for each in _TYPING if dotted.startswith(each)), None)
    return None if prefix is None else dotted.removeprefix(prefix)


def union(choices: list[Schema]) -> Schema:
    """anyOf, flattened and without repeats. A choice without constraint frees the whole."""
    flat: list[Schema] = []
    for choice in choices:
        for each in choice['anyOf'] if set(choice) == {'anyOf'} else [choice]:
            if not each:
                return {}
            if each not in flat:
                flat.append(each)
    return flat[0] if len(flat) == 1 else {'anyOf': flat}


def _with(key: str, part: Schema, whole: Schema) -> Schema:
    return {**whole, key: part} if part else whole


def _description(node: ast.expr) -> str | None:
    """The text in `Annotated[int, "text"]` or `Annotated[int, Field(description="text")]`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == 'description' and isinstance(keyword.value, ast.Constant):
                return keyword.value.value if isinstance(keyword.value.value, str) else None
    return None
