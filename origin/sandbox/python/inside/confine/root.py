"""A root of its own: a few read-only folders, a small private /tmp, and nothing else."""

import os
from collections.abc import Iterable, Mapping

from inside import kernel
from inside.confine.unconfined import layer, proven

# linux/mount.h
_MS_REC = 0x4000
_MS_BIND = 0x1000
_MS_PRIVATE = 0x40000
_MS_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8
_RDONLY_NOSUID = 0x1 | 0x2
_RDONLY_NOSUID_NODEV = 0x1 | 0x2 | 0x4
_RDONLY_NOSUID_NODEV_NOEXEC = 0x1 | 0x2 | 0x4 | 0x8

_NULL = '/dev/null'


def build(shown: Mapping[str, str], masked: list[str], kept: str) -> int:
    """Replaces the root of the mount namespace by one that shows the paths of `shown`, which are
    the host's under other names, and nothing else.

    Gives a descriptor of the folder `kept`, which is shown to nobody: it can be reached through
    that descriptor only, and from it nothing outside of it.

    Symbolic links above a path are resolved on the host side: the path exists under the
    name it was asked for. Paths that the host does not have are left out.
    """
    sources = {path: os.path.realpath(host) for path, host in shown.items() if os.path.exists(host)}
    with layer('root'):
        kernel.mount(None, '/', None, _MS_REC | _MS_PRIVATE, None)
        base = next(path for path in ('/tmp', '/run', '/var', '/mnt') if os.path.isdir(path))
        options = 'size=1m,nr_inodes=4096,mode=0755'
        kernel.mount('tmpfs', base, 'tmpfs', _MS_NOSUID_NODEV_NOEXEC, options)
        os.mkdir(f'{base}/.host', 0o700)
        kernel.pivot_root(base, f'{base}/.host')
        os.chdir('/')
        for target, source in sorted(sources.items()):
            _show(f'/.host{source}', target, _RDONLY_NOSUID_NODEV)
        _show(f'/.host{_NULL}', _NULL, _RDONLY_NOSUID)
        for path in masked:
            if os.path.isdir(path):
                kernel.mount('tmpfs', path, 'tmpfs', _RDONLY_NOSUID_NODEV_NOEXEC, 'size=0,mode=0755')
        os.makedirs('/tmp', 0o755, exist_ok=True)
        kernel.mount(f'/.host{os.path.realpath(kept)}', '/tmp', None, _MS_BIND, None)
        descriptor = os.open('/tmp', os.O_PATH | os.O_DIRECTORY)
        kernel.umount_lazily('/tmp')
        kernel.umount_lazily('/.host')
        os.rmdir('/.host')
        return descriptor


def add_scratch(size: int, files: int, owner: int | None) -> list[str]:
    """Mounts a private /tmp with room for so many bytes and files, gone with the process. It is
    the given user's; by default, the caller's."""
    with layer('scratch'):
        options = f'size={size},nr_inodes={files},mode=0700'
        if owner is not None:
            options += f',uid={owner},gid={owner}'
        kernel.mount('tmpfs', '/tmp', 'tmpfs', _MS_NOSUID_NODEV_NOEXEC, options)
        scratch = os.statvfs('/tmp')
        return [proven('scratch', scratch.f_blocks * scratch.f_frsize <= size)]


def seal(shown: Iterable[str]) -> list[str]:
    """Makes the root itself read-only and looks at what is left."""
    with layer('root'):
        kernel.mount_setattr('/', _RDONLY_NOSUID_NODEV_NOEXEC, recursive=False)
        expected = {path.split('/')[1] for path in (*shown, _NULL, '/tmp')}
        clean = set(os.listdir('/')) <= expected and not os.path.exists('/proc/self')
        frozen = bool(os.statvfs('/').f_flag & os.ST_RDONLY)
        return [proven('root', clean and frozen)]


def _show(source: str, target: str, attributes: int) -> None:
    os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
    if os.path.isdir(source):
        os.makedirs(target, 0o755, exist_ok=True)
    elif not os.path.exists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    kernel.mount(source, target, None, _MS_BIND | _MS_REC, None)
    kernel.mount_setattr(target, attributes, recursive=True)
