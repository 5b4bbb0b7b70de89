"""One request as this side sees it: what has come back so far."""

import base64
from typing import Any

from inside.settling import Settling
from inside.web.errors import HttpError, error_for


class Exchange(Settling):
    """Filled by the wire. `settled` is true once it has its whole answer, or its error."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 0
        self.url = ''
        self.headers: list[tuple[str, str]] = []
        self.error: HttpError | None = None
        self._parts: list[bytes] = []

    def take(self, message: dict[str, Any]) -> None:
        """Takes one message of the broker about this request."""
        kind = message['type']
        if kind == 'http.response':
            self.status = message['status']
            self.url = message['url']
            self.headers = [(name, value) for name, value in message['headers']]
        elif kind == 'http.body':
            self._parts.append(base64.b64decode(message['data']))
        elif kind == 'http.error':
            self.fail(error_for(message['reason'], message['message']))
        else:
            self._settle()

    def fail(self, error: HttpError) -> None:
        """Ends it without an answer."""
        self.error = error
        self._settle()

    def content(self) -> bytes:
        """The whole body; raises the error that the request ended with."""
        if self.error is not None:
            raise self.error
        return b''.join(self._parts)
