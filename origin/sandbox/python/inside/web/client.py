"""The `http` global of a tool."""

from collections.abc import Callable, Generator
from typing import Any

from inside.web import errors
from inside.web.body import basic_credentials, body_of, header_list, with_params
from inside.web.response import Response
from inside.wire import Request, Wire


class Pending:
    """A response that is to be awaited."""

    def __init__(self, begin: Callable[[], Any]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, None, Response]:
        return self._begin().__await__()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f'this is not a response yet, so it has no {name!r}: write `await http.get(…)`, '
            'or `http.sync.get(…)` in a function that is not async'
        )


class Requests:
    """The methods of HTTP. What they return is decided by `_send`."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Any = None,
        params: Any = None,
        json: Any = None,
        data: Any = None,
        content: Any = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        follow_redirects: bool = True,
    ) -> Any:
        """One request. `params` go into the query; of `json`, `data` (form fields, text or bytes)
        and `content` (text or bytes) one makes the body; `timeout` is in seconds."""
        body, kind = body_of(json, data, content)
        fields = header_list(headers)
        names = {name.lower() for name, _ in fields}
        if kind is not None and 'content-type' not in names:
            fields.append(('content-type', kind))
        if auth is not None:
            fields.append(('authorization', basic_credentials(auth)))
        if 'user-agent' not in names:
            fields.append(('user-agent', 'mcpbox'))
        target = with_params(url, params)
        return self._send(
            Request(method.upper(), target, fields, body, follow_redirects, timeout)
        )

    def get(self, url: str, **options: Any) -> Any:
        """GET; the options are those of `request`."""
        return self.request('GET', url, **options)

    def head(self, url: str, **options: Any) -> Any:
        """HEAD"""
        return self.request('HEAD', url, **options)

    def options(self, url: str, **options: Any) -> Any:
        """OPTIONS"""
        return self.request('OPTIONS', url, **options)

    def post(self, url: str, **options: Any) -> Any:
        """POST"""
        return self.request('POST', url, **options)

    def put(self, url: str, **options: Any) -> Any:
        """PUT"""
        return self.request('PUT', url, **options)

    def patch(self, url: str, **options: Any) -> Any:
        """PATCH"""
        return self.request('PATCH', url, **options)

    def delete(self, url: str, **options: Any) -> Any:
        """DELETE"""
        return self.request('DELETE', url, **options)

    def _send(self, request: Request) -> Any:
        raise NotImplementedError


class SyncHttp(Requests):
    """Every request blocks and returns its response."""

    def __init__(self, wire: Wire) -> None:
        self.__wire = wire

    def _send(self, request: Request) -> Response:
        exchange = self.__wire.start(request)
        try:
            self.__wire.wait(exchange)
        except BaseException:
            self.__wire.cancel(exchange)
            raise
        return Response(request.method, exchange)


class Http(Requests):
    """`await http.get(url)` in async code, `http.get(url)` elsewhere, `http.sync.get(url)` in both.

    Its exceptions are its attributes: `http.HttpError` and what derives from it.
    """

    HttpError = errors.HttpError
    RequestRefused = errors.RequestRefused
    RequestFailed = errors.RequestFailed
    RequestTimeout = errors.RequestTimeout
    StatusError = errors.StatusError

    def __init__(self, wire: Wire) -> None:
        self.__wire = wire
        self.sync = SyncHttp(wire)

    def _send(self, request: Request) -> 'Response | Pending':
        if not _in_event_loop():
            return self.sync._send(request)
        return Pending(lambda: self.__deliver(request))

    async def __deliver(self, request: Request) -> Response:
        exchange = self.__wire.start(request)
        await self.__wire.arrival(exchange)
        return Response(request.method, exchange)

    def __getattr__(self, name: str) -> Any:
        # `from http import HTTPStatus` in a tool finds this object in the module's place.
        if name in ('HTTPStatus', 'HTTPMethod'):
            import http

            return getattr(http, name)
        raise AttributeError(f'http has no attribute {name!r}')

    def __repr__(self) -> str:
        return '<http>'


def _in_event_loop() -> bool:
    import sys

    asyncio = sys.modules.get('asyncio')
    return asyncio is not None and asyncio._get_running_loop() is not None
