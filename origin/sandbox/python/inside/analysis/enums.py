"""Values that an enumeration lists."""

import ast
from typing import Any

from inside.analysis.scope import NotLiteral, Scope

BASES = frozenset({'enum.Enum', 'enum.IntEnum', 'enum.StrEnum'})

_TYPE_NAMES = {str: 'string', bool: 'boolean', int: 'integer', float: 'number'}


def schema(scope: Scope, node: ast.ClassDef) -> dict[str, Any]:
    """The schema of an Enum class; no constraint when its text does not tell every value."""
    try:
        values = list(_members(scope, node).values())
    except NotLiteral:
        return {}
    return enumeration(values) if values else {}


def enumeration(values: list[Any]) -> dict[str, Any]:
    """enum, with the type where all values share one."""
    kinds = {type(value) for value in values}
    name = _TYPE_NAMES.get(kinds.pop()) if len(kinds) == 1 else None
    return {'type': name, 'enum': values} if name else {'enum': values}


def literal(scope: Scope, node: ast.expr) -> Any:
    """A JSON value, also of an enum member (`Color.RED`); NotLiteral when the text hides it."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = scope.classes.get(node.value.id)
        if owner is None or node.attr not in (members := _members(scope, owner)):
            raise NotLiteral
        return members[node.attr]
    return scope.literal(node)


def _members(scope: Scope, node: ast.ClassDef) -> dict[str, Any]:
    as_text = any(scope.dotted(base) == 'enum.StrEnum' for base in node.bases)
    members: dict[str, Any] = {}
    last = 0
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or target.id.startswith('_'):
            continue
        if _is_auto(scope, statement.value):
            members[target.id] = target.id.lower() if as_text else last + 1
        else:
            members[target.id] = scope.literal(statement.value)
        value = members[target.id]
        last = value if isinstance(value, int) else last
    return members


def _is_auto(scope: Scope, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and scope.dotted(node.func) == 'enum.auto'
