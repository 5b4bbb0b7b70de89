"""Schemas of the classes that a tool defines."""

import ast
from typing import TYPE_CHECKING, Any

from inside.analysis import docstring, enums
from inside.analysis.scope import NotLiteral, Scope

if TYPE_CHECKING:
    from inside.analysis.annotation import Annotations, Schema

_DATACLASS = 'dataclasses.dataclass'
_FIELD = 'dataclasses.field'
_NAMED_TUPLE = 'typing.NamedTuple'


def schema(types: 'Annotations', node: ast.ClassDef) -> 'Schema':
    """The schema of a class; no constraint for a class of any other kind."""
    scope = types.scope
    lineage = _lineage(scope, node)
    bases = {name for each in lineage for base in each.bases if (name := scope.dotted(base))}
    if bases & enums.BASES:
        return enums.schema(scope, node)
    if bases & {'typing.TypedDict', 'typing_extensions.TypedDict'}:
        fields = [field for each in lineage for field in _typed_dict_fields(types, each)]
    elif _NAMED_TUPLE in bases:
        fields = [field for each in lineage for field in _named_tuple_fields(types, each)]
    elif any(_is_dataclass(scope, each) for each in lineage):
        fields = [field for each in lineage for field in _dataclass_fields(types, each)]
    else:
        return {}
    text = ast.get_docstring(node)
    return _object(types, fields, docstring.summary(text), docstring.parameters(text))


def functional_typed_dict(types: 'Annotations', call: ast.Call, fields: ast.Dict) -> 'Schema':
    """The schema of TypedDict('Name', {…}, total=…)."""
    total = _total(call.keywords)
    listed = [
        (key.value, types.schema(value), _required(types, value, total))
        for key, value in zip(fields.keys, fields.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
    return _object(types, listed, None, {})


_Field = tuple[str, 'Schema', bool]


def _object(
    types: 'Annotations', fields: list[_Field], summary: str | None, described: dict[str, str]
) -> 'Schema':
    properties: dict[str, Any] = {}
    required: dict[str, bool] = {}
    for name, part, needed in fields:
        text = {'description': described[name]} if name in described else {}
        properties[name] = {**text, **part}
        required[name] = needed
    whole: dict[str, Any] = {'type': 'object', 'properties': properties}
    if summary is not None:
        whole['description'] = summary
    if any(required.values()):
        whole['required'] = [name for name, needed in required.items() if needed]
    if not types.output:
        whole['additionalProperties'] = False
    return whole


def _lineage(scope: Scope, node: ast.ClassDef) -> list[ast.ClassDef]:
    """The class after the classes of this module that it inherits from."""
    found: list[ast.ClassDef] = []

    def visit(each: ast.ClassDef, above: frozenset[str]) -> None:
        for base in each.bases:
            name = scope.dotted(base)
            if name in scope.classes and name not in above:
                visit(scope.classes[name], above | {name})
        if each not in found:
            found.append(each)

    visit(node, frozenset({node.name}))
    return found


def _annotated_fields(node: ast.ClassDef) -> list[tuple[str, ast.AnnAssign]]:
    return [
        (statement.target.id, statement)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]


def _typed_dict_fields(types: 'Annotations', node: ast.ClassDef) -> list[_Field]:
    total = _total(node.keywords)
    return [
        (name, types.schema(field.annotation), _required(types, field.annotation, total))
        for name, field in _annotated_fields(node)
    ]


def _named_tuple_fields(types: 'Annotations', node: ast.ClassDef) -> list[_Field]:
    """Of the class that is the tuple; what inherits from it adds no fields."""
    if not any(types.scope.dotted(base) == _NAMED_TUPLE for base in node.bases):
        return []
    fields: list[_Field] = []
    for name, field in _annotated_fields(node):
        default = {} if field.value is None else _stated(types.scope, field.value)
        needed = types.output or field.value is None
        fields.append((name, {**types.schema(field.annotation), **default}, needed))
    return fields


def _total(keywords: list[ast.keyword]) -> bool:
    named = {keyword.arg: keyword.value for keyword in keywords}
    value = named.get('total')
    return not (isinstance(value, ast.Constant) and value.value is False)


def _required(types: 'Annotations', annotation: ast.expr, total: bool) -> bool:
    """Required[…] and NotRequired[…], also inside Annotated and in quotes, outweigh `total`."""
    node = annotation
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode='eval').body
        except SyntaxError:
            return total
    if not isinstance(node, ast.Subscript):
        return total
    form = (types.scope.dotted(node.value) or '').rpartition('.')[2]
    if form in ('Annotated', 'ReadOnly'):
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        return _required(types, inner, total)
    return {'Required': True, 'NotRequired': False}.get(form, total)


def _is_dataclass(scope: Scope, node: ast.ClassDef) -> bool:
    decorators = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    return any(scope.dotted(each) == _DATACLASS for each in decorators)


def _dataclass_fields(types: 'Annotations', node: ast.ClassDef) -> list[_Field]:
    fields: list[_Field] = []
    for name, field in _annotated_fields(node):
        head = field.annotation.value if isinstance(field.annotation, ast.Subscript) else None
        kind = types.scope.dotted(head or field.annotation)
        if kind in ('typing.ClassVar', 'dataclasses.KW_ONLY'):
            continue
        if not types.output and kind == 'dataclasses.InitVar':
            continue
        default = _dataclass_default(types.scope, field.value)
        if default is None:
            continue
        extra, needed = default
        fields.append((name, {**types.schema(field.annotation), **extra}, needed or types.output))
    return fields


def _dataclass_default(scope: Scope, node: ast.expr | None) -> tuple['Schema', bool] | None:
    """What a default adds to a field's schema, and whether the field must be given.

    None for a field that cannot be given: field(init=False).
    """
    if node is None:
        return {}, True
    if not (isinstance(node, ast.Call) and scope.dotted(node.func) == _FIELD):
        return _stated(scope, node), False
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    init = options.get('init')
    if isinstance(init, ast.Constant) and init.value is False:
        return None
    if 'default' in options:
        return _stated(scope, options['default']), False
    if 'default_factory' in options:
        empty = {'list': [], 'dict': {}, 'set': [], 'tuple': []}
        factory = scope.dotted(options['default_factory']) or ''
        return ({'default': empty[factory]} if factory in empty else {}), False
    return {}, True


def _stated(scope: Scope, node: ast.expr) -> 'Schema':
    try:
        return {'default': enums.literal(scope, node)}
    except NotLiteral:
        return {}
