"""The packages that a version names, in a confined child."""

import importlib
import os
import sys
from collections.abc import Sequence

from inside.plan import Packages

_ONE_THREAD = ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMEXPR_NUM_THREADS')
"""A pool of threads for each processor would take the address space that a call may have."""


def open_set(folder: str, names: Sequence[str]) -> None:
    """Makes the packages in a folder importable, behind the standard library, and imports some of
    them ahead of the call.

    What they run then is as confined as the tool. One that cannot be imported is left to the tool's
    own import statement, which says why in the tool's own traceback.
    """
    os.environ.update(dict.fromkeys(_ONE_THREAD, '1'))
    sys.path.append(folder)
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:  # a module's top level may raise anything, SystemExit too
            continue
