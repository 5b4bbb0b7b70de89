"""Imports that must be done before the process is confined, where it will have no paths."""

import importlib
import importlib.util

from inside.tool.modules import DEFAULT_MODULES

# What the standard library imports late, from inside functions.
_LATE = (
    'asyncio.taskgroups',
    'asyncio.timeouts',
    'encodings.idna',
    'encodings.latin_1',
    'encodings.ascii',
    'encodings.utf_16',
    '_strptime',
    'xml.parsers.expat',
    'concurrent.futures.thread',
)


def preload() -> None:
    """Imports all that a tool may name without asking.

    Only the standard library: code that is imported here runs with more rights than a tool's.
    """
    for name in sorted((*DEFAULT_MODULES, *_LATE)):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
