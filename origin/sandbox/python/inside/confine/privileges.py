"""No capabilities, no new privileges, no core dumps, no tracing by siblings."""

import ctypes

from inside import kernel
from inside.confine.unconfined import layer, proven

# linux/prctl.h
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_READ = 23
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4

# linux/capability.h
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_KILL, _CAP_SETGID, _CAP_SETUID = 5, 6, 7
_MAX_CAPABILITY = 63
# Three sets (effective, permitted, inheritable) of two words.
_Sets = ctypes.c_uint32 * 6


class _Header(ctypes.Structure):
    """struct __user_cap_header_struct of capset(2); pid 0 is the caller."""

    _fields_ = [('version', ctypes.c_uint32), ('pid', ctypes.c_int)]


def keep_for_children() -> None:
    """Keeps of root's capabilities, once it has left root with PR_SET_KEEPCAPS, those that give
    children ids of their own and signal processes that have them."""
    kept = 1 << _CAP_KILL | 1 << _CAP_SETGID | 1 << _CAP_SETUID
    kernel.capset(_Header(_CAPABILITY_VERSION_3, 0), _Sets(kept, kept))


def give_up_gaining(bounding: bool) -> None:
    """Gives up every way to gain a capability; what is held stays. All later children inherit it.

    `bounding` says that the caller has CAP_SETPCAP in its user namespace. Without it the bounding
    set stays as it is, which means nothing once no_new_privs is set and execve(2) is denied.
    """
    with layer('no_new_privs'):
        kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    with layer('capabilities'):
        kernel.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
        if bounding:
            _drop_bounding_set()
    with layer('undumpable'):
        kernel.prctl(_PR_SET_DUMPABLE, 0)


def drop() -> list[str]:
    """Gives up every capability, after give_up_gaining, and proves all three layers."""
    with layer('no_new_privs'):
        proven('no_new_privs', kernel.prctl(_PR_GET_NO_NEW_PRIVS) == 1)
    with layer('capabilities'):
        kernel.capset(_Header(_CAPABILITY_VERSION_3, 0), _Sets())
        left = _Sets()
        kernel.capget(_Header(_CAPABILITY_VERSION_3, 0), left)
        proven('capabilities', not any(left))
    with layer('undumpable'):
        kernel.prctl(_PR_SET_DUMPABLE, 0)
        proven('undumpable', kernel.prctl(_PR_GET_DUMPABLE) == 0)
    return ['no_new_privs', 'capabilities', 'undumpable']


def _drop_bounding_set() -> None:
    for capability in range(_MAX_CAPABILITY + 1):
        try:
            kernel.prctl(_PR_CAPBSET_READ, capability)
        except OSError:
            return  # one past the last capability that this kernel knows
        kernel.prctl(_PR_CAPBSET_DROP, capability)
