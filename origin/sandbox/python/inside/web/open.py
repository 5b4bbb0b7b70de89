"""The way out, ready for one call."""

import functools

from inside.channel import Channel
from inside.web import shims
from inside.web.client import Http
from inside.web.wire import Wire


def open_web(channel: Channel) -> Http:
    """The `http` of a tool; leads libraries there too. Says nothing before the first request."""
    wire, http = _made(channel)
    shims.install(wire)
    return http


@functools.cache
def _made(channel: Channel) -> tuple[Wire, Http]:
    wire = Wire(channel)
    return wire, Http(wire)
