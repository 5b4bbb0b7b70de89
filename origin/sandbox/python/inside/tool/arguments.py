"""From JSON arguments to the parameters of `main`."""

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

from inside.tool.convert import WrongType, convert
from inside.tool.failure import Refused

_POSITIONAL = inspect.Parameter.POSITIONAL_ONLY
_ALL_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
_ALL_NAMED = inspect.Parameter.VAR_KEYWORD


def bind(
    main: Callable[..., Any], given: Mapping[str, Any], names: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Positional and named arguments for `main`, each checked and converted by its annotation.

    Raises Refused with a message that names the argument at fault.
    """
    parameters = inspect.signature(main).parameters
    hints = _hints(main, names)
    rest = dict(given)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    extra: str | None = None
    for name, parameter in parameters.items():
        if parameter.kind is _ALL_POSITIONAL:
            continue
        if parameter.kind is _ALL_NAMED:
            extra = name
            continue
        if name not in rest:
            if parameter.default is inspect.Parameter.empty:
                raise Refused('InvalidArguments', f'argument `{name}` is missing')
            if parameter.kind is _POSITIONAL:
                positional.append(parameter.default)
            continue
        value = rest.pop(name)
        if not (value is None and parameter.default is None):
            value = _checked(name, value, hints.get(name, Any))
        if parameter.kind is _POSITIONAL:
            positional.append(value)
        else:
            named[name] = value
    if extra is not None:
        hint = hints.get(extra, Any)
        named.update({name: _checked(name, value, hint) for name, value in rest.items()})
    elif rest:
        raise Refused('InvalidArguments', _unexpected(sorted(rest), list(parameters)))
    return positional, named


def _checked(name: str, value: Any, hint: Any) -> Any:
    try:
        return convert(value, hint)
    except WrongType as wrong:
        where = f'`{name}`' if not wrong.path else f'`{name}` at {wrong.path}'
        raise Refused('InvalidArguments', f'argument {where}: {wrong.problem}') from None


def _hints(main: Callable[..., Any], names: dict[str, Any]) -> dict[str, Any]:
    """Annotations as types. One that cannot be made sense of constrains nothing."""
    hints: dict[str, Any] = {}
    for name, annotation in getattr(main, '__annotations__', {}).items():
        if isinstance(annotation, type):
            hints[name] = annotation  # it says itself what it means
            continue
        holder = type('Holder', (), {'__annotations__': {name: annotation}})
        try:
            hints.update(typing.get_type_hints(holder, names, {}, include_extras=True))
        except Exception:  # evaluating a text that the author wrote may raise anything
            hints[name] = Any
    return hints


def _unexpected(rest: list[str], known: list[str]) -> str:
    listed = ', '.join(f'`{name}`' for name in rest)
    takes = ', '.join(f'`{name}`' for name in known) if known else 'none'
    return f'unexpected argument {listed}; the tool takes {takes}'
