"""`urllib.request` over the broker."""

import io
from types import ModuleType
from typing import Any

from inside.web.errors import HttpError, RequestTimeout
from inside.web.phrase import phrase
from inside.wire import Request, Wire

wire: Wire | None = None


def apply(module: ModuleType) -> None:
    """Replaces the one place where every HTTP handler of the module connects."""
    import email.message
    import socket
    from urllib.error import URLError
    from urllib.response import addinfourl

    class BrokeredResponse(addinfourl):
        """What `urlopen` returns, with the parts of http.client.HTTPResponse that code asks for."""

        version = 11

        def __init__(self, body: bytes, headers: Any, url: str, code: int) -> None:
            super().__init__(io.BytesIO(body), headers, url, code)
            self.reason = self.msg = phrase(code)

        def getheader(self, name: str, default: Any = None) -> Any:
            return self.headers.get(name, default)

        def getheaders(self) -> list[tuple[str, str]]:
            return self.headers.items()

    def do_open(self: Any, http_class: Any, req: Any, **connection: Any) -> BrokeredResponse:
        if not req.host:
            raise URLError('no host given')
        fields = {**req.unredirected_hdrs, **req.headers}
        timeout = req.timeout
        if timeout is socket._GLOBAL_DEFAULT_TIMEOUT:
            timeout = socket.getdefaulttimeout()
        exchange = wire.start(
            Request(
                method=req.get_method(),
                url=req.full_url,
                headers=[(str(name), str(value)) for name, value in fields.items()],
                body=_read(req.data),
                follow=True,
                timeout=timeout,
            )
        )
        try:
            wire.wait(exchange)
            body = exchange.content()
        except RequestTimeout as error:
            raise URLError(TimeoutError(str(error))) from error
        except HttpError as error:
            raise URLError(str(error)) from error
        headers = email.message.Message()
        for name, value in exchange.headers:
            headers[name] = value
        return BrokeredResponse(body, headers, exchange.url, exchange.status)

    def build(
        self: Any, debuglevel: Any = None, context: Any = None, check_hostname: Any = None
    ) -> None:
        """Without the certificates of the usual one, which are not in reach."""
        module.AbstractHTTPHandler.__init__(self, debuglevel or 0)
        self._context = context
        self._check_hostname = check_hostname

    module.AbstractHTTPHandler.do_open = do_open
    module.HTTPSHandler.__init__ = build


def _read(data: Any) -> bytes | None:
    if data is None or isinstance(data, bytes):
        return data
    if hasattr(data, 'read'):
        read = data.read()
        return read.encode('iso-8859-1') if isinstance(read, str) else read
    return bytes(data) if isinstance(data, bytearray | memoryview) else b''.join(data)
