"""Ceasing to be root; and, in each call, being somebody whom no other call is."""

import os

from inside import kernel, warden
from inside.confine import privileges
from inside.confine.unconfined import layer, proven

_PR_SET_DUMPABLE = 4
_PR_SET_KEEPCAPS = 8


def leave_root(identity: int | None) -> list[str]:
    """Becomes the given user and group for good, with no supplementary groups.

    What is kept of root is what the children need to get ids of their own and to be killed. A
    process whose ids change is not dumpable, and its /proc files belong to root; it is made
    dumpable again because its uid_map must be written next. The last step takes that away.
    """
    with layer('uid'):
        if identity is not None:
            os.setgroups([])
            kernel.prctl(_PR_SET_KEEPCAPS, 1)
            _become(identity)
            privileges.keep_for_children()
            kernel.prctl(_PR_SET_DUMPABLE, 1)
        return [proven('uid', 0 not in (*os.getresuid(), *os.getresgid()))]


def take_own(identity: int | None) -> None:
    """Becomes the user and group of this one call, if it has them.

    The kernel forgets the parent-death signal when ids change, so it is asked for again.
    """
    if identity is None:
        return
    with layer('call_uid'):
        _become(identity)
        warden.die_with_parent()


def prove_own(identity: int | None) -> list[str]:
    """Tries to reach the fork server, whom ids alone protect by now. Needs the capabilities gone."""
    if identity is None:
        return []
    with layer('call_uid'):
        alone = {*os.getresuid(), *os.getresgid()} == {identity}
        return [proven('call_uid', alone and not _can_signal(os.getppid()))]


def _become(identity: int) -> None:
    os.setresgid(identity, identity, identity)
    os.setresuid(identity, identity, identity)


def _can_signal(pid: int) -> bool:
    if pid == 0:
        return False  # its parent is outside of its process-id namespace
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    return True
