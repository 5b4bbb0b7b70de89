"""System calls that the standard library does not offer, through ctypes."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

# Numbers from asm/unistd.h. Those at 424 and above are the same on every architecture.
_PIVOT_ROOT = {'x86_64': 155, 'aarch64': 41}
_MOUNT_SETATTR = 442
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000


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


def prctl(option: int, *args: int) -> int:
    """prctl(2)."""
    words = [ctypes.c_ulong(word) for word in (*args, 0, 0, 0, 0)[:4]]
    return checked(_libc.prctl(ctypes.c_int(option), *words), f'prctl({option})')


def unshare(flags: int) -> None:
    """unshare(2)."""
    checked(_libc.unshare(ctypes.c_int(flags)), 'unshare')


def setns(descriptor: int, kind: int) -> None:
    """setns(2)."""
    checked(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), 'setns')


def shutdown_writing(descriptor: int) -> bool:
    """shutdown(2) with SHUT_WR: every copy of a socket says no more. False when it is no socket."""
    return _libc.shutdown(ctypes.c_int(descriptor), 1) == 0


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    """mount(2)."""
    words = [None if text is None else text.encode() for text in (source, target, kind, data)]
    result = _libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    checked(result, f'mount {target}')


def mount_setattr(target: str, attributes: int, recursive: bool) -> None:
    """mount_setattr(2): only ever adds attributes. Linux >= 5.12."""
    wanted = MountAttr(attr_set=attributes)
    flags = _AT_RECURSIVE if recursive else 0
    result = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        target.encode(),
        ctypes.c_uint(flags),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )
    checked(result, f'mount_setattr {target}')


def umount_lazily(target: str) -> None:
    """umount2(2) with MNT_DETACH."""
    checked(_libc.umount2(target.encode(), 2), f'umount {target}')


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2)."""
    number = _PIVOT_ROOT[os.uname().machine]
    result = _libc.syscall(ctypes.c_long(number), new_root.encode(), put_old.encode())
    checked(result, 'pivot_root')


def sethostname(name: str) -> None:
    """sethostname(2)."""
    checked(_libc.sethostname(name.encode(), ctypes.c_size_t(len(name))), 'sethostname')


def capset(header: ctypes.Structure, data: ctypes.Array[ctypes.c_uint32]) -> None:
    """capset(2)."""
    checked(_libc.capset(ctypes.byref(header), data), 'capset')


def capget(header: ctypes.Structure, data: ctypes.Array[ctypes.c_uint32]) -> None:
    """capget(2)."""
    checked(_libc.capget(ctypes.byref(header), data), 'capget')


def mallopt(parameter: int, value: int) -> None:
    """mallopt(3), where the C library has it (musl does not)."""
    call = getattr(_libc, 'mallopt', None)
    if call is not None:
        call(parameter, value)


def landlock_abi() -> int:
    """The ABI version of Landlock (landlock(7)); OSError where the kernel has none."""
    result = _libc.syscall(ctypes.c_long(_LANDLOCK_CREATE_RULESET), None, ctypes.c_size_t(0), 1)
    return checked(result, 'landlock_create_ruleset')


def landlock_create_ruleset(attributes: ctypes.Structure, size: int) -> int:
    """landlock_create_ruleset(2); the caller closes the descriptor."""
    result = _libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE_RULESET), ctypes.byref(attributes), ctypes.c_size_t(size), 0
    )
    return checked(result, 'landlock_create_ruleset')


def landlock_add_path(ruleset: int, rule: ctypes.Structure) -> None:
    """landlock_add_rule(2) with LANDLOCK_RULE_PATH_BENEATH."""
    result = _libc.syscall(
        ctypes.c_long(_LANDLOCK_ADD_RULE), ruleset, 1, ctypes.byref(rule), ctypes.c_uint(0)
    )
    checked(result, 'landlock_add_rule')


def landlock_restrict_self(ruleset: int) -> None:
    """landlock_restrict_self(2)."""
    result = _libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT_SELF), ruleset, ctypes.c_uint(0))
    checked(result, 'landlock_restrict_self')


def load_seccomp(program: ctypes.Structure) -> None:
    """seccomp(2) SECCOMP_SET_MODE_FILTER through prctl(2); needs no_new_privs."""
    result = _libc.prctl(
        ctypes.c_int(22), ctypes.c_ulong(2), ctypes.byref(program), ctypes.c_ulong(0), ctypes.c_ulong(0)
    )
    checked(result, 'seccomp')
