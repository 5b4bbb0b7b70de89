"""From a JSON value to the Python value that an annotation asks for."""

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any

_FROM_TEXT: dict[type, tuple[Callable[[str], Any], str]] = {
    datetime.datetime: (datetime.datetime.fromisoformat, 'a date and time as in 2026-01-31T12:00:00'),
    datetime.date: (datetime.date.fromisoformat, 'a date as in 2026-01-31'),
    datetime.time: (datetime.time.fromisoformat, 'a time as in 12:00:00'),
    uuid.UUID: (uuid.UUID, 'a UUID'),
}
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_SETS = (set, frozenset, collections.abc.Set)
_DICTS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_JSON_NAMES = {str: 'str', bool: 'bool', int: 'int', float: 'float', list: 'list', dict: 'dict'}


class WrongType(Exception):
    """The value is not what the annotation asks for; `path` leads to the part at fault."""

    def __init__(self, problem: str, path: str = '') -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path


def convert(value: Any, hint: Any) -> Any:
    """The value as the annotation wants it. An annotation that is not understood allows all."""
    if hint is Any:
        return value
    if hint is None or hint is types.NoneType:
        return _plain(value, types.NoneType, 'null')
    if type(hint) is type:
        return _instance(value, hint, (), hint)
    origin = typing.get_origin(hint)
    if origin is typing.Annotated or origin in (typing.Required, typing.NotRequired):
        return convert(value, typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        return _either(value, typing.get_args(hint))
    if origin is typing.Literal:
        return _literal(value, typing.get_args(hint))
    if hasattr(hint, '__supertype__'):
        return convert(value, hint.__supertype__)
    if isinstance(hint, getattr(typing, 'TypeAliasType', ())):
        return convert(value, hint.__value__)
    if isinstance(origin or hint, type):
        return _instance(value, origin or hint, typing.get_args(hint), hint)
    return value


def _instance(value: Any, kind: type, args: tuple[Any, ...], hint: Any) -> Any:
    if kind is bool or kind is str:
        return _plain(value, kind, kind.__name__)
    if kind is int or kind is float:
        return _number(value, kind)
    if kind in _FROM_TEXT:
        return _from_text(value, kind)
    if kind is decimal.Decimal:
        return _decimal(value)
    if kind is datetime.timedelta:
        return datetime.timedelta(seconds=_number(value, float))
    if kind is tuple:
        return _tuple(value, args)
    if kind in _LISTS:
        return _items(value, args)
    if kind in _SETS:
        return (frozenset if kind is frozenset else set)(_items(value, args))
    if kind in _DICTS:
        return _mapping(value, args)
    if issubclass(kind, enum.Enum):
        return _member(value, kind)
    if typing.is_typeddict(hint):
        return _typed_dict(value, hint)
    if dataclasses.is_dataclass(kind):
        return _dataclass(value, kind)
    if issubclass(kind, tuple) and hasattr(kind, '_field_defaults'):
        return _named_tuple(value, kind)
    return value


def _plain(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise WrongType(f'expected {name}, got {_name(value)}')
    return value


def _number(value: Any, kind: type) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if kind is float or float(value).is_integer():
            return kind(value)
    raise WrongType(f'expected {kind.__name__}, got {_name(value)}')


def _from_text(value: Any, kind: type) -> Any:
    read, form = _FROM_TEXT[kind]
    try:
        return read(_plain(value, str, form))
    except ValueError:
        raise WrongType(f'expected {form}, got {value!r:.80}') from None


def _decimal(value: Any) -> decimal.Decimal:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            return decimal.Decimal(str(value))
        except decimal.InvalidOperation:
            pass
    raise WrongType(f'expected a decimal number, got {_name(value)}')


def _items(value: Any, args: tuple[Any, ...]) -> list[Any]:
    hint = args[0] if args else Any
    return [_part(item, hint, f'[{at}]') for at, item in enumerate(_plain(value, list, 'list'))]


def _tuple(value: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    items = _plain(value, list, 'list')
    if not args or args[-1] is Ellipsis:
        return tuple(_items(items, args))
    if len(items) != len(args):
        raise WrongType(f'expected {len(args)} items, got {len(items)}')
    return tuple(_part(item, hint, f'[{at}]') for at, (item, hint) in enumerate(zip(items, args)))


def _mapping(value: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    hint = args[1] if len(args) == 2 else Any
    items = _plain(value, dict, 'dict')
    return {key: _part(item, hint, f'.{key}') for key, item in items.items()}


def _member(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    for member in kind:
        if type(member.value) is type(value) and member.value == value:
            return member
    raise WrongType(f'expected one of {_listed(m.value for m in kind)}, got {value!r:.80}')


def _literal(value: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        plain = choice.value if isinstance(choice, enum.Enum) else choice
        if type(plain) is type(value) and plain == value:
            return choice
    raise WrongType(f'expected one of {_listed(choices)}, got {value!r:.80}')


def _either(value: Any, choices: tuple[Any, ...]) -> Any:
    """The first choice that takes the value; one whose own type it already has comes first."""
    exact = [choice for choice in choices if choice is type(value)]
    problems: list[WrongType] = []
    for choice in (*exact, *choices):
        try:
            return convert(value, choice)
        except WrongType as wrong:
            problems.append(wrong)
    deepest = max(problems, key=lambda wrong: len(wrong.path))
    if deepest.path:
        raise deepest
    wanted = ' or '.join(_hint_name(choice) for choice in choices)
    raise WrongType(f'expected {wanted}, got {_name(value)}')


def _typed_dict(value: Any, hint: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(hint, include_extras=True)
    required = {name for name in hints if _is_required(hints[name], name in hint.__required_keys__)}
    return _fields(value, hints, required)


def _is_required(hint: Any, otherwise: bool) -> bool:
    """Whether a TypedDict's key must be there. `__required_keys__` is blind to text annotations."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _is_required(typing.get_args(hint)[0], otherwise)
    return {typing.Required: True, typing.NotRequired: False}.get(origin, otherwise)


def _dataclass(value: Any, kind: type) -> Any:
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    required = {
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    known = {field.name: hints.get(field.name, Any) for field in fields}
    given = _fields(value, known, required)
    try:
        return kind(**given)
    except ValueError as error:  # of a check that its author wrote, as in __post_init__
        raise WrongType(str(error)) from None


def _named_tuple(value: Any, kind: Any) -> Any:
    hints = typing.get_type_hints(kind, include_extras=True)
    known = {name: hints.get(name, Any) for name in kind._fields}
    return kind(**_fields(value, known, known.keys() - kind._field_defaults.keys()))


def _fields(value: Any, hints: dict[str, Any], required: collections.abc.Set[str]) -> dict[str, Any]:
    given = _plain(value, dict, 'dict')
    for name in sorted(required):
        if name not in given:
            raise WrongType(f'`{name}` is missing')
    for name in given:
        if name not in hints:
            raise WrongType(f'unexpected `{name}`')
    return {name: _part(item, hints[name], f'.{name}') for name, item in given.items()}


def _part(value: Any, hint: Any, step: str) -> Any:
    try:
        return convert(value, hint)
    except WrongType as wrong:
        raise WrongType(wrong.problem, step + wrong.path) from None


def _name(value: Any) -> str:
    return 'null' if value is None else _JSON_NAMES.get(type(value), type(value).__name__)


def _hint_name(hint: Any) -> str:
    if hint is None or hint is types.NoneType:
        return 'null'
    return hint.__name__ if isinstance(hint, type) else str(hint).replace('typing.', '')


def _listed(choices: Any) -> str:
    return ', '.join(repr(choice) for choice in choices)
