"""How many threads a tool may have.

The kernel bounds them too, by address space or by number. But a thread that it lets begin and then
gives no memory dies before it can say that it has started, and whoever starts it waits for ever.
"""

import _thread
import functools
import threading
from collections.abc import Callable
from typing import Any

MOST_THREADS = 128


def bound_threads() -> None:
    """Makes `threading` refuse, in words, to have more threads than that at a time."""
    for name in ('_start_new_thread', '_start_joinable_thread'):  # until and since Python 3.13
        start = getattr(threading, name, None)
        if start is not None:
            setattr(threading, name, _bounded(start))


def _bounded(start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def start_if_there_is_room(*args: Any, **named: Any) -> Any:
        if _thread._count() >= MOST_THREADS:
            raise RuntimeError(f'a tool may have {MOST_THREADS} threads at a time')
        return start(*args, **named)

    return start_if_there_is_room
