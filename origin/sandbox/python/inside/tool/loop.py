"""The event loop of the one call, made before the call."""

import _socket
import asyncio
import os
import select
import selectors

_EPOLL, _WOKEN, _WAKING = 4, 5, 6
"""What a loop opens, in this order, where only 0 to 3 are open: the kernel gives the lowest free
number (POSIX, open)."""

_ready: list[asyncio.AbstractEventLoop] = []
_own: list[select.epoll] = []


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop of this process; the first use makes it."""
    if not _ready:
        _make(selectors.DefaultSelector())
    return _ready[0]


def make_loop_ahead() -> None:
    """In the fork server, with nothing open but 0 to 3: makes the loop that all children get."""
    selector = selectors.EpollSelector()
    _make(selector)
    if [selector.fileno(), *selector.get_map()] != [_EPOLL, _WOKEN]:
        raise RuntimeError('the event loop was not the first to open descriptors')


def renew_loop() -> None:
    """In a child, with nothing open but 0 to 3: opens descriptors of its own for the loop that the
    fork server made. Its own have the same numbers; what they stand for is nobody else's."""
    epoll = select.epoll()
    woken, waking = (end.detach() for end in _socket.socketpair())
    if (epoll.fileno(), woken, waking) != (_EPOLL, _WOKEN, _WAKING):
        raise RuntimeError("the event loop's descriptors are not free")
    for end in (woken, waking):
        os.set_blocking(end, False)
    epoll.register(woken, select.EPOLLIN)
    _own.append(epoll)  # closed when there is no reference any more


def _make(selector: selectors.BaseSelector) -> None:
    loop = asyncio.SelectorEventLoop(selector)
    _ready.append(loop)
    asyncio.set_event_loop(loop)
