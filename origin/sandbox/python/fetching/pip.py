"""pip, as this interpreter has it."""

import importlib.util
import runpy
import sys

MISSING = 77
"""Exit code where there is no pip; pip itself has none above 23."""


def main(arguments: list[str]) -> None:
    """Becomes `pip` with these arguments."""
    if importlib.util.find_spec('pip') is None:
        sys.exit(MISSING)
    sys.argv = ['pip', *arguments]
    runpy.run_module('pip', run_name='__main__', alter_sys=True)
