"""The way out, ready for one call."""

from inside.channel import Channel
from inside.web import shims
from inside.web.client import Http
from inside.web.wire import Wire


def open_web(channel: Channel) -> Http:
    """The `http` of a tool; leads libraries there too. Says nothing before the first request."""
    wire = Wire(channel)
    shims.install(wire)
    return Http(wire)
