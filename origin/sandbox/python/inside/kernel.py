"""System calls that the standard library does not offer, through ctypes."""

import ctypes
import os
from collections.abc import Callable
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)

# Numbers from asm/unistd.h. Those at 424 and above are the same on every architecture.
_PIVOT_ROOT = {'x86_64': 155, 'aarch64': 41}
_MOUNT_SETATTR = 442
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_RULE_PATH_BENEATH = 1
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

_int, _uint, _long, _size, _word = (
    ctypes.c_int,
    ctypes.c_uint,
    ctypes.c_long,
    ctypes.c_size_t,
    ctypes.c_ulong,
)
_text, _pointer = ctypes.c_char_p, ctypes.c_void_p


def _function(name: str, *kinds: Any) -> Callable[..., int]:
    """A function of the C library, found now: a child that looked for it would touch the loader's
    tables, and one that named types in each call would make objects of them."""
    function = _libc[name]
    function.argtypes = kinds
    return function


_prctl = _function('prctl', _int, _word, _word, _word, _word)
_prctl_pointer = _function('prctl', _int, _word, _pointer, _word, _word)
_unshare = _function('unshare', _int)
_setns = _function('setns', _int, _int)
_shutdown = _function('shutdown', _int, _int)
_mount = _function('mount', _text, _text, _text, _word, _text)
_umount2 = _function('umount2', _text, _int)
_sethostname = _function('sethostname', _text, _size)
_capset = _function('capset', _pointer, _pointer)
_capget = _function('capget', _pointer, _pointer)
_syscall_pivot_root = _function('syscall', _long, _text, _text)
_syscall_mount_setattr = _function('syscall', _long, _int, _text, _uint, _pointer, _size)
_syscall_create_ruleset = _function('syscall', _long, _pointer, _size, _uint)
_syscall_add_rule = _function('syscall', _long, _int, _int, _pointer, _uint)
_syscall_restrict_self = _function('syscall', _long, _int, _uint)


class MountAttr(ctypes.Structure):
    """struct mount_attr of mount_setattr(2)."""

    _fields_ = [
        ('attr_set', ctypes.c_uint64),
        ('attr_clr', ctypes.c_uint64),
        ('propagation', ctypes.c_uint64),
        ('userns_fd', ctypes.c_uint64),
    ]


def checked(result: int, call: str) -> int:
    """Gives the result of a C call back, or raises OSError with its errno."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f'{call}: {os.strerror(number)}')
    return result


def prctl(option: int, one: int = 0, two: int = 0, three: int = 0, four: int = 0) -> int:
    """prctl(2)."""
    return checked(_prctl(option, one, two, three, four), 'prctl')


def unshare(flags: int) -> None:
    """unshare(2)."""
    checked(_unshare(flags), 'unshare')


def setns(descriptor: int, kind: int) -> None:
    """setns(2)."""
    checked(_setns(descriptor, kind), 'setns')


def shutdown_writing(descriptor: int) -> bool:
    """shutdown(2) with SHUT_WR: every copy of a socket says no more. False when it is no socket."""
    return _shutdown(descriptor, 1) == 0


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    """mount(2)."""
    words = [None if text is None else text.encode() for text in (source, target, kind, data)]
    checked(_mount(words[0], words[1], words[2], flags, words[3]), 'mount')


def mount_setattr(target: str, attributes: int, recursive: bool) -> None:
    """mount_setattr(2): only ever adds attributes. Linux >= 5.12."""
    wanted = MountAttr(attr_set=attributes)
    flags = _AT_RECURSIVE if recursive else 0
    size = ctypes.sizeof(wanted)
    at = (_AT_FDCWD, target.encode(), flags, ctypes.byref(wanted), size)
    checked(_syscall_mount_setattr(_MOUNT_SETATTR, *at), f'mount_setattr {target}')


def umount_lazily(target: str) -> None:
    """umount2(2) with MNT_DETACH."""
    checked(_umount2(target.encode(), 2), f'umount {target}')


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2)."""
    number = _PIVOT_ROOT[os.uname().machine]
    checked(_syscall_pivot_root(number, new_root.encode(), put_old.encode()), 'pivot_root')


def sethostname(name: str) -> None:
    """sethostname(2)."""
    checked(_sethostname(name.encode(), len(name)), 'sethostname')


def capset(header: ctypes.Structure, data: ctypes.Array[ctypes.c_uint32]) -> None:
    """capset(2)."""
    checked(_capset(ctypes.byref(header), data), 'capset')


def capget(header: ctypes.Structure, data: ctypes.Array[ctypes.c_uint32]) -> None:
    """capget(2)."""
    checked(_capget(ctypes.byref(header), data), 'capget')


def mallopt(parameter: int, value: int) -> None:
    """mallopt(3), where the C library has it (musl does not)."""
    call = getattr(_libc, 'mallopt', None)
    if call is not None:
        call(parameter, value)


def landlock_abi() -> int:
    """The ABI version of Landlock (landlock(7)); OSError where the kernel has none."""
    result = _syscall_create_ruleset(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    return checked(result, 'landlock_create_ruleset')


def landlock_create_ruleset(attributes: ctypes.Structure, size: int) -> int:
    """landlock_create_ruleset(2); the caller closes the descriptor."""
    result = _syscall_create_ruleset(_LANDLOCK_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    return checked(result, 'landlock_create_ruleset')


def landlock_add_path(ruleset: int, rule: ctypes.Structure) -> None:
    """landlock_add_rule(2) with LANDLOCK_RULE_PATH_BENEATH."""
    what = (ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    checked(_syscall_add_rule(_LANDLOCK_ADD_RULE, *what), 'landlock_add_rule')


def landlock_restrict_self(ruleset: int) -> None:
    """landlock_restrict_self(2)."""
    checked(_syscall_restrict_self(_LANDLOCK_RESTRICT_SELF, ruleset, 0), 'landlock_restrict_self')


def load_seccomp(program: ctypes.Structure) -> None:
    """seccomp(2) SECCOMP_SET_MODE_FILTER through prctl(2); needs no_new_privs."""
    words = (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    checked(_prctl_pointer(*words), 'seccomp')
