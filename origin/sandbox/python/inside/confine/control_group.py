"""A control group (cgroups(7), version 2) that bounds all calls together."""

import os

from inside.confine.unconfined import layer, proven


def join(folder: str | None) -> list[str]:
    """Moves this process, and so all that it will fork, into the group that the supervisor made."""
    if folder is None:
        return []
    with layer('cgroup_limits'):
        with open(f'{folder}/cgroup.procs', 'w', encoding='ascii') as group:
            group.write('0')  # whoever writes it
        inside = str(os.getpid()) in _words(f'{folder}/cgroup.procs')
        bounded = all(_words(f'{folder}/{name}.max')[0] != 'max' for name in ('memory', 'pids'))
        return [proven('cgroup_limits', inside and bounded)]


def _words(path: str) -> list[str]:
    with open(path, encoding='ascii') as file:
        return file.read().split()
