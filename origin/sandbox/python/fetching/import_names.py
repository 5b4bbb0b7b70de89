"""Names under which files can be imported, by their paths."""

import sys
from collections.abc import Iterable
from importlib.machinery import all_suffixes

_SUFFIXES = tuple(sorted(all_suffixes(), key=len, reverse=True))


def import_names(paths: Iterable[str]) -> set[str]:
    """Top-level names that files at these paths, relative to where modules are looked for, add to
    what can be imported.

    A name of the standard library is not among them, whatever lies there: it is the standard library
    that is imported, and approving a package approves none of that.
    """
    tops = {_top(path) for path in paths}
    names = {name for name in tops if name is not None and name.isidentifier()}
    return names - sys.stdlib_module_names - {'__pycache__'}


def _top(path: str) -> str | None:
    first, *rest = path.split('/')
    if rest:
        return first if path.endswith(_SUFFIXES) else None
    return next((first.removesuffix(end) for end in _SUFFIXES if first.endswith(end)), None)
