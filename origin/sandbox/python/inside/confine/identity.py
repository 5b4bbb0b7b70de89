"""Ceasing to be root."""

import os

from inside import kernel
from inside.confine.unconfined import layer, proven

_PR_SET_DUMPABLE = 4


def leave_root(identity: int | None) -> list[str]:
    """Becomes the given user and group for good, with no supplementary groups.

    A process whose ids change is not dumpable, and its /proc files belong to root; it is made
    dumpable again because uid_map must be written next. The last step takes that away.
    """
    with layer('uid'):
        if identity is not None:
            os.setgroups([])
            os.setresgid(identity, identity, identity)
            os.setresuid(identity, identity, identity)
            kernel.prctl(_PR_SET_DUMPABLE, 1)
        return [proven('uid', 0 not in (*os.getresuid(), *os.getresgid()))]
