"""The way out, ready for one call."""

import functools

from inside.web import shims
from inside.web.client import Http
from inside.wire import Wire


def open_web(wire: Wire) -> Http:
    """The `http` of a tool; leads libraries there too. Says nothing before the first request."""
    shims.install(wire)
    return _http_of(wire)


@functools.cache
def _http_of(wire: Wire) -> Http:
    return Http(wire)
