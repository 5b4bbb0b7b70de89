"""Start of the fork server, and of the life of each of its children.

Descriptors: 0 and 1 nothing, 2 our own complaints, 3 the supervisor's orders and our reports. The
order is the promise: a child confines itself, says hello, and only then reads code, arguments and
secrets, on a socket that this process never has.
"""

import gc
import os
import sys
from typing import NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# What modules repair in a fork, locks that other threads held, cannot be broken here: the fork server
# has one thread. To run all that in each child would cost a third of a fork.
_register_at_fork, os.register_at_fork = os.register_at_fork, lambda **hooks: None

from inside import warden  # noqa: E402
from inside.analysis.analyze import analyze  # noqa: E402
from inside.birth import SUPERVISOR, be_born  # noqa: E402
from inside.channel import Channel  # noqa: E402
from inside.confine.harden import enclose, isolate  # noqa: E402
from inside.confine.unconfined import Unconfined  # noqa: E402
from inside.nursery import Nursery  # noqa: E402
from inside.plan import Plan  # noqa: E402
from inside.tool.loop import make_loop_ahead  # noqa: E402
from inside.tool.packages import open_set  # noqa: E402
from inside.tool.preload import preload  # noqa: E402
from inside.tool.run import end_output, run  # noqa: E402
from inside.tool.threads import bound_threads  # noqa: E402
from inside.tool.warm_up import warm_up  # noqa: E402
from inside.web.open import open_web  # noqa: E402
from inside.wire import wire_of  # noqa: E402

del sys.path[0]

_CONTROL = 3
_REHEARSALS = 30
"""After so many runs of it the interpreter has specialised (PEP 659) what a call goes through."""


def main() -> NoReturn:
    """Becomes the fork server; in each child, serves its one task and ends."""
    make_loop_ahead()
    control = Channel(_CONTROL)
    message = control.receive()
    if message is None:
        os._exit(0)
    plan = Plan.parse(message)
    try:
        layers, before = isolate(plan)
        warden.die_with_parent()
        warden.split(_CONTROL)
        enclosed, meeting = enclose(plan, before)
    except Unconfined as refusal:
        control.send({'type': 'unconfined', 'layer': refusal.layer, 'reason': refusal.reason})
        os._exit(1)
    make_ready()
    nursery = Nursery(control, plan)
    control.send({'type': 'ready'})
    order = nursery.run()
    channel = be_born(plan, order, meeting, layers + enclosed)
    folder = plan.packages_folder()
    if plan.packages is not None and folder is not None:
        open_set(folder, plan.packages.imports)
    serve(channel)


def make_ready() -> None:
    """Does once what every child would do again, and leaves the collector nothing to touch."""
    os.environ.clear()  # the interpreter itself may have set LC_CTYPE (PEP 538)
    preload()
    os.register_at_fork = _register_at_fork
    bound_threads()
    for _ in range(_REHEARSALS):
        if not warm_up():
            raise RuntimeError('a call that does nothing does not end well')
    open_web(wire_of(SUPERVISOR))
    gc.collect()
    gc.freeze()


def serve(channel: Channel) -> NoReturn:
    """One task, one answer, the end."""
    task = channel.receive()
    if task is None:
        os._exit(0)
    if task['type'] == 'analyze':
        value = analyze(task['code'])
        end_output()
        channel.send({'type': 'result', 'value': value})
    else:
        run(channel, task)
    os._exit(0)


if __name__ == '__main__':
    main()
