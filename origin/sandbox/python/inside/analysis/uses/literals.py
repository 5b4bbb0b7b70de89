"""Texts that stand in a text as they are."""

import ast
from urllib.parse import urljoin

from inside.analysis.uses.texts import UNKNOWN, Text, joined, known

_WIDEST_NUMBER = 10**12
_SHORTENING = frozenset({'strip', 'rstrip', 'lstrip'})


def joined_url(base: str | None, more: str | None) -> str:
    """As urljoin does it; a text that is no address replaces the base."""
    try:
        return urljoin(base or '', more or '')
    except ValueError:
        return more or ''


def of_constant(value: object) -> Text:
    """The text that a constant is written as."""
    if isinstance(value, str):
        return joined([(value,)])
    if isinstance(value, bytes):
        return joined([(value.decode('latin-1'),)])
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _WIDEST_NUMBER:
        return (str(value),)
    return UNKNOWN


def shortened(text: Text, method: str, node: ast.Call) -> Text:
    """What is left of a text when something is taken off its ends."""
    whole = known(text)
    given = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    if whole is None or method not in _SHORTENING or (node.args and not isinstance(given, str)):
        return text
    return (getattr(whole, method)(given),)


def default_of(given: ast.arguments, name: str) -> ast.expr | None:
    """What a parameter is when nobody gives it."""
    plain = [*given.posonlyargs, *given.args]
    late = zip(plain[len(plain) - len(given.defaults) :], given.defaults, strict=True)
    only = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return next((value for parameter, value in (*late, *only) if parameter.arg == name), None)
