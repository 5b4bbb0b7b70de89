"""Start of the process of one call.

Descriptors: 0 nothing, 1 what the tool prints, 2 our own complaints until the process is
confined, 3 the channel, 4 the warden's report. The order is the promise: confine, say hello, and
only then read code, arguments and secrets.
"""

import os
import sys
from typing import NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from inside import warden  # noqa: E402
from inside.analysis.analyze import analyze  # noqa: E402
from inside.channel import Channel  # noqa: E402
from inside.confine.harden import harden, isolate  # noqa: E402
from inside.confine.unconfined import Unconfined  # noqa: E402
from inside.plan import Plan  # noqa: E402
from inside.tool.preload import preload  # noqa: E402
from inside.tool.run import run  # noqa: E402

del sys.path[0]

_STDOUT, _STDERR, _CHANNEL, _REPORT = 1, 2, 3, 4


def main() -> NoReturn:
    """Confines, greets, serves one task, ends."""
    channel = Channel(_CHANNEL)
    try:
        layers = confined(channel)
    except Unconfined as refusal:
        channel.send({'type': 'unconfined', 'layer': refusal.layer, 'reason': refusal.reason})
        os._exit(1)
    os.dup2(_STDOUT, _STDERR)
    channel.send({'type': 'hello', 'layers': layers})
    task = channel.receive()
    if task is None:
        os._exit(0)
    if task['type'] == 'analyze':
        channel.send({'type': 'result', 'value': analyze(task['code'])})
    else:
        run(channel, task)
    os._exit(0)


def confined(channel: Channel) -> list[str]:
    """Takes all hardening steps; returns, in the process of the call, the layers in force."""
    message = channel.receive()
    if message is None:
        os._exit(0)
    plan = Plan.parse(message)
    layers, before = isolate(plan)
    warden.die_with_parent()
    warden.split(_REPORT, child_only=(_STDOUT, _STDERR, _CHANNEL))
    os.closerange(_CHANNEL + 1, 1 << 16)
    if plan.sealed:
        preload()
    return layers + harden(plan, before)


if __name__ == '__main__':
    main()
