"""The loop of the fork server: forks a child for each order, and tells how each one ended."""

import os
import select
import signal
import socket
from typing import Any

from inside.channel import Channel
from inside.confine import namespaces
from inside.plan import Order, Plan


class Nursery:
    """All children of this process. Orders come and reports go on one channel, the supervisor's.

    A report is the kernel's account of a child (wait4(2)); the child has no part in it, nor a
    descriptor to write one.
    """

    def __init__(self, control: Channel, plan: Plan) -> None:
        self._control = control
        self._plan = plan
        self._pids: dict[str, int] = {}
        self._keys: dict[int, str] = {}
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, _ignore)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(control.descriptor, select.POLLIN)
        self._poll.register(self._wake.fileno(), select.POLLIN)

    def run(self) -> Order:
        """Serves until the supervisor has gone, which ends this process. Returns in each child,
        with the order it was born for."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor == self._wake.fileno():
                    self._wake.recv(4096)
                    self._report_ended()
                    continue
                message = self._control.receive()
                if message is None:
                    os._exit(0)
                order = self._obey(message)
                if order is not None:
                    return order

    def _obey(self, message: dict[str, Any]) -> Order | None:
        """Gives the order back in the child that it made; None here."""
        if message['type'] == 'kill':
            pid = self._pids.get(message['key'])
            if pid is not None:  # unreaped, so the number is still its own
                os.kill(pid, signal.SIGKILL)
            return None
        order = Order.parse(message)
        try:
            pid = namespaces.fork_into_own() if self._plan.namespaces else os.fork()
        except OSError as error:
            reason = error.strerror or str(error)
            self._control.send({'type': 'unborn', 'key': order.key, 'reason': reason})
            return None
        if pid == 0:
            self._forget()
            return order
        self._pids[order.key] = pid
        self._keys[pid] = order.key
        return None

    def _forget(self) -> None:
        """In a child: nothing of its siblings, and signals as they usually are."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._wake, self._woken):
            end.detach()  # the descriptors are closed with all others; the numbers get new owners
        self._pids.clear()
        self._keys.clear()

    def _report_ended(self) -> None:
        while self._keys:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            key = self._keys.pop(pid)
            del self._pids[key]
            account = {
                'code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                'cpu_ms': round((usage.ru_utime + usage.ru_stime) * 1000),
                'max_rss_kb': usage.ru_maxrss,
            }
            self._control.send({'type': 'ended', 'key': key, 'account': account})


def _ignore(number: int, frame: object) -> None:
    """A handler has to be set for a wake-up to be written; there is nothing more to do."""
