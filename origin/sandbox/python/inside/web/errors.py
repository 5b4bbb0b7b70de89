"""What a request can end with, other than a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inside.web.response import Response


class HttpError(Exception):
    """Any of these."""


class RequestRefused(HttpError):
    """The request was not sent, because it is not approved or not well-formed.

    `reason` is one word of the broker's closed list, such as `host_not_approved`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RequestFailed(HttpError):
    """The request was sent, or was to be sent, and no complete response came."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RequestTimeout(RequestFailed, TimeoutError):
    """The response took longer than `timeout`, or than the call has left."""


class StatusError(HttpError):
    """`raise_for_status()` on a status of 400 and more. `response` is the response."""

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(message)
        self.response = response


for _error in (HttpError, RequestRefused, RequestFailed, RequestTimeout, StatusError):
    _error.__module__ = 'http'  # as tools name them, and as tracebacks show them

_FAILED = frozenset(
    """
    name_not_found connect_failed tls_failed upstream_failed bad_encoding cancelled
    too_many_redirects response_too_large sandbox_lost
    """.split()
)


def error_for(reason: str, message: str) -> HttpError:
    """The exception for an `http.error` of the broker."""
    if reason == 'timed_out':
        return RequestTimeout(reason, message)
    return (RequestFailed if reason in _FAILED else RequestRefused)(reason, message)
