"""From a confined process to another program, confined by what the kernel keeps over execve(2)."""

import json
import os
from typing import NoReturn

from inside.confine.unconfined import Unconfined, layer
from inside.plan import Engine

_NOTHING, _STDERR = 0, 2
_UNDONE = frozenset({'undumpable'})
"""Layers that execve(2) takes back, so that they are not claimed."""


def become(engine: Engine, options: list[str], layers: list[str]) -> NoReturn:
    """Replaces this process by the engine, with an empty environment and the three descriptors that
    it needs: 1 what the tool prints, 2 nothing, 3 the channel. It says hello itself, once loaded,
    with the layers in its last argument.

    The kernel keeps namespaces, limits, Landlock, the filter, no_new_privs and the parent-death
    signal; an ordinary user who has no capability gets none.
    """
    left = [name for name in layers if name not in _UNDONE]
    with layer('engine'):
        if engine.program is None:
            raise Unconfined('engine', f'{engine.executable} is gone')
        os.dup2(_NOTHING, _STDERR)
        arguments = [engine.executable, *options, *engine.arguments, json.dumps(left)]
        os.execve(engine.program, arguments, {})
