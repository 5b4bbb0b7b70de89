"""From what a tool passes to what goes out: URL, headers and bytes."""

import base64
import json as json_format
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from inside.tool.values import to_json

Pairs = Iterable[tuple[str, Any]]


def with_params(url: str, params: Mapping[str, Any] | Pairs | None) -> str:
    """The URL with further query parameters; None values are left out, lists repeat the name."""
    if not isinstance(url, str):
        raise TypeError(f'url must be a str, not {type(url).__name__}')
    pairs = [(name, value) for name, value in _pairs(params) if value is not None]
    if not pairs:
        return url
    parts = urlsplit(url)
    query = '&'.join(part for part in (parts.query, urlencode(pairs, doseq=True)) if part)
    return urlunsplit(parts._replace(query=query))


def header_list(headers: Mapping[str, Any] | Pairs | None) -> list[tuple[str, str]]:
    """Headers as pairs of text."""
    return [(_text(name), _text(value)) for name, value in _pairs(headers) if value is not None]


def body_of(json: Any, data: Any, content: Any) -> tuple[bytes | None, str | None]:
    """The body and the content type that it implies. At most one of the three may be given."""
    given = [value for value in (json, data, content) if value is not None]
    if len(given) > 1:
        raise ValueError('give one of json=, data= and content=')
    if json is not None:
        text = json_format.dumps(to_json(json), ensure_ascii=False)
        return text.encode('utf-8', 'replace'), 'application/json'
    if not given:
        return None, None
    body = given[0]
    if isinstance(body, str):
        return body.encode(), None
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body), None
    if isinstance(body, Mapping | list | tuple):
        return urlencode(list(_pairs(body)), doseq=True).encode(), _FORM
    raise TypeError(f'a body must be text, bytes or form fields, not {type(body).__name__}')


_FORM = 'application/x-www-form-urlencoded'


def basic_credentials(auth: tuple[str, str]) -> str:
    """The value of an Authorization header (RFC 7617)."""
    user, password = auth
    return 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()


def _pairs(items: Mapping[str, Any] | Pairs | None) -> list[tuple[Any, Any]]:
    if items is None:
        return []
    if isinstance(items, Mapping):
        return list(items.items())
    return [(name, value) for name, value in items]


def _text(value: Any) -> str:
    return value.decode('latin-1') if isinstance(value, bytes) else str(value)
