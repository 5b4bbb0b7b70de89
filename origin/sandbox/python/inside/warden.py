"""Splits off the process that a call runs in, and stays to tell how that process ended."""

import json
import os
import signal
from collections.abc import Sequence
from typing import NoReturn

from inside import kernel

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Has the kernel kill this process when its parent ends (prctl(2), PR_SET_PDEATHSIG).

    Forgotten by the kernel when ids change, so it comes after that.
    """
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def split(report: int, child_only: Sequence[int]) -> None:
    """Forks; returns in the child only. The parent waits, reports and ends.

    `report` is a descriptor that the child does not keep: what is written there comes from the
    kernel's account of the child (wait4(2)) and cannot be forged by it. `child_only` are
    descriptors that the parent lets go, so that their other ends see the child's end at once.
    """
    child = os.fork()
    if child == 0:
        os.close(report)
        die_with_parent()
        return
    _watch(child, report, child_only)


def _watch(child: int, report: int, child_only: Sequence[int]) -> NoReturn:
    for descriptor in child_only:
        os.close(descriptor)
    _, status, usage = os.wait4(child, 0)
    account = {
        'code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        'cpu_ms': round((usage.ru_utime + usage.ru_stime) * 1000),
        'max_rss_kb': usage.ru_maxrss,
    }
    os.write(report, json.dumps(account).encode())
    os._exit(0)
