"""From the signature of `main` to the schemas of its arguments and its value."""

import ast
from typing import Any

from inside.analysis import docstring, enums
from inside.analysis.annotation import Annotations, Schema, union
from inside.analysis.scope import NotLiteral, Scope

Function = ast.FunctionDef | ast.AsyncFunctionDef


class BadSignature(Exception):
    """A `main` that no caller could call by named arguments."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def input_schema(scope: Scope, main: Function) -> Schema:
    """An object schema: one property per parameter, defaults stated and optional."""
    given = main.args
    if given.vararg is not None:
        message = f'`main` cannot take `*{given.vararg.arg}`: arguments come by name'
        raise BadSignature(message, given.vararg.lineno)
    types = Annotations(scope, output=False)
    described = docstring.parameters(ast.get_docstring(main))
    properties: dict[str, Any] = {}
    required: list[str] = []
    for parameter, default in _parameters(given):
        properties[parameter.arg] = _property(types, parameter, default, described)
        if default is None:
            required.append(parameter.arg)
    schema: Schema = {'type': 'object', 'properties': properties}
    if required:
        schema['required'] = required
    schema['additionalProperties'] = _extra(types, given.kwarg)
    return _with_definitions(types, schema)


def output_schema(scope: Scope, main: Function) -> Schema | None:
    """The schema of the value where the annotation tells an object; None otherwise."""
    types = Annotations(scope, output=True)
    schema = types.schema(main.returns)
    if '$ref' in schema:
        schema = {**types.definitions[schema['$ref'].rpartition('/')[2]]}
    return _with_definitions(types, schema) if schema.get('type') == 'object' else None


def _parameters(given: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    plain = [*given.posonlyargs, *given.args]
    padding: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    return [
        *zip(plain, [*padding, *given.defaults], strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]


def _property(
    types: Annotations, parameter: ast.arg, default: ast.expr | None, described: dict[str, str]
) -> Schema:
    schema = types.schema(parameter.annotation)
    if parameter.arg in described:
        schema = {'description': described[parameter.arg], **schema}
    if default is None:
        return schema
    try:
        value = enums.literal(types.scope, default)
    except NotLiteral:
        return schema
    if value is None:
        schema = _nullable(schema)
    return {**schema, 'default': value}


def _nullable(schema: Schema) -> Schema:
    """`x: int = None` takes null, whatever its annotation says."""
    text = {key: schema[key] for key in ('description',) if key in schema}
    bare = {key: part for key, part in schema.items() if key != 'description'}
    return {**text, **union([bare, {'type': 'null'}])}


def _extra(types: Annotations, parameter: ast.arg | None) -> Any:
    if parameter is None:
        return False
    return types.schema(parameter.annotation) or True


def _with_definitions(types: Annotations, schema: Schema) -> Schema:
    return {**schema, '$defs': types.definitions} if types.definitions else schema
