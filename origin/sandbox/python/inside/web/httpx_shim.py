"""`httpx` over the broker."""

from types import ModuleType
from typing import Any

from inside.web.errors import HttpError, RequestTimeout
from inside.wire import Request, Wire

wire: Wire | None = None


def apply(module: ModuleType) -> None:
    """Replaces the two transports that clients use when they are given none.

    Redirects, cookies and authentication stay with httpx: each request it makes is checked anew.
    """
    import httpx

    def build(self: Any, *args: Any, **options: Any) -> None:
        """No connection pool, no certificates: neither is needed here."""

    def handle_request(self: Any, request: Any) -> Any:
        exchange = wire.start(_request(request, request.read()))
        wire.wait(exchange)
        return answer(request, exchange)

    async def handle_async_request(self: Any, request: Any) -> Any:
        exchange = wire.start(_request(request, await request.aread()))
        await wire.arrival(exchange)
        return answer(request, exchange)

    def answer(request: Any, exchange: Any) -> Any:
        try:
            content = exchange.content()
        except RequestTimeout as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except HttpError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        return httpx.Response(
            exchange.status, headers=exchange.headers, content=content, request=request
        )

    def enter(self: Any) -> Any:
        return self

    def leave(self: Any, *error: Any) -> None:
        """Nothing is open."""

    async def async_enter(self: Any) -> Any:
        return self

    async def async_leave(self: Any, *error: Any) -> None:
        """Nothing is open."""

    sync, concurrent = module.HTTPTransport, module.AsyncHTTPTransport
    sync.__init__ = concurrent.__init__ = build
    sync.handle_request = handle_request
    sync.__enter__, sync.__exit__, sync.close = enter, leave, leave
    concurrent.handle_async_request = handle_async_request
    concurrent.__aenter__, concurrent.__aexit__ = async_enter, async_leave
    concurrent.aclose = async_leave


def _request(request: Any, content: bytes) -> Request:
    limits = request.extensions.get('timeout') or {}
    given = [limit for limit in limits.values() if limit is not None]
    return Request(
        method=request.method,
        url=str(request.url),
        headers=[(k.decode('latin-1'), v.decode('latin-1')) for k, v in request.headers.raw],
        body=content or None,
        follow=False,
        timeout=max(given) if given else None,
    )
