"""From a fork of the fork server to a confined process with its own descriptors."""

import _socket
import gc
import os
import random

from inside import warden
from inside.channel import Channel
from inside.confine import seccomp
from inside.confine.harden import harden
from inside.confine.unconfined import Unconfined, layer
from inside.engine import become
from inside.plan import Order, Plan
from inside.tool.preload import preload_named
from inside.tool.loop import renew_loop
from inside.tool.warm_up import warm_up

_STDOUT, _STDERR, _CHANNEL = 1, 2, 3
SUPERVISOR = Channel(_CHANNEL)
"""Made ahead: it knows the number of a descriptor, and nothing of what that stands for in a child."""
_DOOR = 'door'


def be_born(plan: Plan, order: Order, meeting: int, shared: list[str]) -> Channel:
    """Confines this process and says hello with its layers; gives the channel to the supervisor.

    Descriptors afterwards: 0 nothing, 1 and 2 what the tool prints, 3 the channel, and those of the
    event loop. A step that fails ends the process, after a word about it where that is possible.
    """
    warden.die_with_parent()
    engine = plan.engine if order.engine_options is not None else None
    channel = _meet(meeting, order.key, None if engine is None else engine.program)
    try:
        layers = shared + harden(plan, order)
        if engine is not None and order.engine_options is not None:
            become(engine, order.engine_options, layers)
        if plan.seal is not None:
            preload_named(order.modules)
            layers += seccomp.seal(plan.seal)
    except Unconfined as refusal:
        channel.send({'type': 'unconfined', 'layer': refusal.layer, 'reason': refusal.reason})
        os._exit(1)
    random.seed()
    warm_up()
    gc.freeze()
    os.dup2(_STDOUT, _STDERR)
    channel.send({'type': 'hello', 'layers': layers})
    return channel


def _meet(meeting: int, key: str, kept: int | None) -> Channel:
    """Connects to the supervisor twice, and lets go of everything that was the fork server's but one
    descriptor."""
    with layer('start'):
        os.fchdir(meeting)
        printing, talking = (_knock(purpose + key) for purpose in 'PT')
        os.chdir('/')
        os.dup2(printing.detach(), _STDOUT)
        os.dup2(talking.detach(), _CHANNEL)
        if kept is not None:
            os.closerange(_CHANNEL + 1, kept)
        os.closerange((_CHANNEL if kept is None else kept) + 1, 1 << 16)
        renew_loop()
    return SUPERVISOR


def _knock(word: str) -> _socket.socket:
    door = _socket.socket(_socket.AF_UNIX)
    door.connect(_DOOR)
    door.sendall(word.encode())
    return door
