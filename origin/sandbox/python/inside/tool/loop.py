"""The event loop of the one call, made before the call."""

import asyncio

_ready: list[asyncio.AbstractEventLoop] = []


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop of this process; the first use makes it."""
    if not _ready:
        _ready.append(asyncio.new_event_loop())
        asyncio.set_event_loop(_ready[0])
    return _ready[0]


def forget_event_loop() -> None:
    """Closes the loop, so that a fork does not share its descriptors."""
    while _ready:
        _ready.pop().close()
    asyncio.set_event_loop(None)
