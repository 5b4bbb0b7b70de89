"""Resource limits (setrlimit(2)), and the malloc settings that let threads live under them."""

import resource
import threading

from inside import kernel
from inside.confine.unconfined import layer, proven
from inside.plan import Limits

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_MMAP_THRESHOLD_BYTES = 128 * 1024
_TRIM_THRESHOLD_BYTES = 1024 * 1024
_THREAD_STACK_BYTES = 512 * 1024
_STACK_BYTES = 2 * 1024 * 1024
THREADS_OF_ONE = 256
"""Threads of one call. Its address space has room for about 400."""
THREADS_OF_ALL = 2048
"""Threads of all calls of one fork server together."""


def settle_memory() -> None:
    """One malloc arena and small thread stacks, for this process and all that it forks.

    Each further arena reserves 64 MB of address space, and RLIMIT_AS counts reservations. Fixed
    thresholds keep the C library from moving large blocks into the heap, where they must be cleared
    by hand, and from giving pages back that the next line asks for again.
    """
    kernel.mallopt(_M_MMAP_THRESHOLD, _MMAP_THRESHOLD_BYTES)
    kernel.mallopt(_M_TRIM_THRESHOLD, _TRIM_THRESHOLD_BYTES)
    kernel.mallopt(_M_ARENA_MAX, 1)
    threading.stack_size(_THREAD_STACK_BYTES)


def limit(limits: Limits, threads: int | None, *, reserves: bool) -> list[str]:
    """Sets every limit, soft equal to hard, so that none can be raised again.

    `threads` is RLIMIT_NPROC: all processes and threads of this process's user, in its user
    namespace. `reserves` says that the program reserves far more address space than it uses, as V8
    does: then what it can write to is counted, thread stacks included, not what it has mapped.
    """
    wanted = {
        resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_NICE: 0,
    }
    if reserves:
        wanted[resource.RLIMIT_STACK] = _STACK_BYTES
    if threads is not None:
        wanted[resource.RLIMIT_NPROC] = threads
    with layer('rlimits'):
        for name, value in wanted.items():
            lowest = value if (hard := resource.getrlimit(name)[1]) < 0 else min(value, hard)
            resource.setrlimit(name, (lowest, lowest))
            soft, hard = resource.getrlimit(name)
            proven('rlimits', soft == hard and 0 <= hard <= value)
        return ['rlimits']
