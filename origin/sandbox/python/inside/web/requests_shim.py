"""`requests` over the broker."""

import io
from types import ModuleType
from typing import Any

from inside.web.errors import HttpError, RequestTimeout
from inside.web.phrase import phrase
from inside.wire import Request, Wire

wire: Wire | None = None


class _Original:
    """The part of http.client.HTTPResponse that the cookie jar reads."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        import email.message

        self.msg = email.message.Message()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        """Whether everything was read; it was."""
        return True

    def close(self) -> None:
        """Nothing is open."""


def apply(module: ModuleType) -> None:
    """Replaces the way an adapter sends. Redirects and cookies stay with the session: each request
    that it makes is checked anew."""
    import requests.exceptions as exceptions
    from urllib3.response import HTTPResponse

    def send(self: Any, request: Any, stream: bool = False, timeout: Any = None, **_: Any) -> Any:
        exchange = wire.start(
            Request(
                method=request.method,
                url=request.url,
                headers=[(_text(name), _text(value)) for name, value in request.headers.items()],
                body=_read(request.body),
                follow=False,
                timeout=_seconds(timeout),
            )
        )
        wire.wait(exchange)
        try:
            content = exchange.content()
        except RequestTimeout as error:
            raise exceptions.ReadTimeout(str(error), request=request) from error
        except HttpError as error:
            raise exceptions.ConnectionError(str(error), request=request) from error
        raw = HTTPResponse(
            body=io.BytesIO(content),
            headers=exchange.headers,
            status=exchange.status,
            reason=phrase(exchange.status),
            preload_content=False,
        )
        raw._original_response = _Original(exchange.headers)
        return self.build_response(request, raw)

    module.HTTPAdapter.send = send


def _text(value: Any) -> str:
    return value.decode('latin-1') if isinstance(value, bytes) else str(value)


def _read(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    data = body.read() if hasattr(body, 'read') else b''.join(body)
    return data.encode() if isinstance(data, str) else data


def _seconds(timeout: Any) -> float | None:
    given = timeout if isinstance(timeout, tuple) else (timeout,)
    numbers = [part for part in given if isinstance(part, int | float)]
    return max(numbers) if numbers else None
