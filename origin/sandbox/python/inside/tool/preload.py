"""Imports that are done before there is a call."""

import importlib
import importlib.util
from collections.abc import Iterable

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
    """Imports all that a tool may name without asking, in the fork server, once.

    Only the standard library: code that is imported here runs with more rights than a tool's.
    """
    for name in sorted((*DEFAULT_MODULES, *_LATE)):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


def preload_named(names: Iterable[str]) -> None:
    """Imports what a manifest names, in a confined child. What cannot be imported is left to the
    tool's own import statement, which says so in the tool's own traceback."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # a module's top level may raise anything
            continue
