"""From what a tool returns to JSON (RFC 8259)."""

import dataclasses
import datetime
import decimal
import enum
import itertools
import math
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from typing import Any

from inside.tool.content import Block, Result

MAX_DEPTH = 128
_MAX_EXACT_INT = 2**53 - 1
"""Beyond this, JSON readers that use doubles (RFC 7493, section 2.2) silently change the number."""

MAX_ITEMS = 500_000
"""More items than any result has room for: what yields more may never end."""

_BYTES = (bytes, bytearray, memoryview)
_BESIDE = 'return it by itself, in a list, or in Result(content=[…], structured=…)'


class NotJson(TypeError):
    """A value, or a part of one, that has no JSON form. The message says where and what."""

    __module__ = 'mcpbox'


def to_json(value: Any) -> Any:
    """A copy of the value made of dict, list, str, int, float, bool and None only."""
    return _convert(value, '$', 0)


def _convert(value: Any, path: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if depth > MAX_DEPTH:
        raise NotJson(f'the value nests deeper than {MAX_DEPTH} levels (or contains itself)')
    if isinstance(value, enum.Enum):
        return _convert(value.value, path, depth + 1)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, path)
    if isinstance(value, decimal.Decimal | uuid.UUID | os.PathLike):
        return str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _convert(getattr(value, name), f'{path}.{name}', depth + 1) for name in names}
    if isinstance(value, tuple) and hasattr(value, '_asdict'):
        return _convert(value._asdict(), path, depth)
    if isinstance(value, Mapping):
        return {
            _key(key, path): _convert(item, f'{path}.{key}', depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, Set):
        return _convert(_ordered(value), path, depth)
    if isinstance(value, Block):
        raise NotJson(f'{_at(path)} is {_kind(value)}, which has no place inside a value: {_BESIDE}')
    if isinstance(value, Result):
        raise NotJson(f'{_at(path)} is a Result inside of something: return it by itself')
    if isinstance(value, Iterator):
        return _convert(listed(value, path), path, depth)
    if isinstance(value, Sequence | ValuesView) and not isinstance(value, _BYTES):
        if len(value) > MAX_ITEMS:
            raise endless(path)
        return [_convert(item, f'{path}[{at}]', depth + 1) for at, item in enumerate(value)]
    raise NotJson(f'{_at(path)} is {_kind(value)}, which JSON cannot express{_hint(value)}')


def _number(value: float, path: str) -> float:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotJson(f'{_at(path)} is {value!r}, which JSON cannot express')
        return float(value)
    if abs(value) > _MAX_EXACT_INT:
        raise NotJson(f'{_at(path)} is an integer beyond 2**53, which JSON readers round: use str()')
    return int(value)


def _key(key: Any, path: str) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, str):
        return str(key)
    if isinstance(key, bool) or key is None:
        return {True: 'true', False: 'false', None: 'null'}[key]
    if isinstance(key, int | float):
        return str(key)
    if isinstance(key, datetime.date | uuid.UUID):
        return str(key)
    raise NotJson(f'a key in {_at(path)} is {_kind(key)}; JSON keys are strings')


def _ordered(items: Set[Any]) -> list[Any]:
    """Sets have no order: sorted where that is possible, so that equal values give equal JSON."""
    try:
        return sorted(items)
    except TypeError:
        return list(items)


def listed(value: Iterator[Any], path: str = '$') -> list[Any]:
    """The items of a generator that comes to an end."""
    items = list(itertools.islice(value, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise endless(path)
    return items


def endless(path: str = '$') -> NotJson:
    """What to raise at a list or generator of more than MAX_ITEMS."""
    return NotJson(f'{_at(path)} has more than {MAX_ITEMS} items: take fewer of them')


def _at(path: str) -> str:
    return 'the value' if path == '$' else f'the value at {path}'


def _kind(value: Any) -> str:
    return f'an object of type {type(value).__qualname__}'


def _hint(value: Any) -> str:
    if isinstance(value, _BYTES):
        return ': decode it, encode it with base64, or return it as a File'
    if hasattr(value, '__await__'):
        return ': await it'
    if hasattr(value, '__anext__'):
        return ': make a list of it, with `async for`'
    return ''
