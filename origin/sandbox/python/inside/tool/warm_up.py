"""A first call of a tool that does nothing, so that the real one finds everything in its place."""

import socket

from inside.channel import Channel
from inside.tool.run import run

_TASK = {
    'code': 'async def main(a: int, b: int = 2) -> int:\n    return a + b\n',
    'input': {'a': 1},
    'secrets': {},
    'modules': [],
    'result_bytes': 1000,
}


def warm_up() -> None:
    """In the fork server this makes what is made once (caches, late imports); in a child it touches
    the pages that a call will write to, which the kernel then copies ahead of the call."""
    talking, printing = socket.socketpair(), socket.socketpair()
    Channel(talking[1].fileno()).send(_TASK)
    channel = Channel(talking[0].fileno())
    task = channel.receive()
    if task is not None:
        run(channel, task, printing[0].fileno())
    for end in (*talking, *printing):
        end.close()
