"""pip, as this interpreter has it."""

import importlib.util
import runpy
import sys

MISSING = 77
"""Exit code where there is no pip; pip itself has none above 23."""

_STARTING = frozenset(
    ('subprocess.Popen', 'os.exec', 'os.fork', 'os.forkpty', 'os.posix_spawn', 'os.system')
)


def main(arguments: list[str]) -> None:
    """Becomes `pip` with these arguments."""
    if importlib.util.find_spec('pip') is None:
        sys.exit(MISSING)
    sys.addaudithook(_refuse_to_start)
    sys.argv = ['pip', *arguments]
    runpy.run_module('pip', run_name='__main__', alter_sys=True)


def _refuse_to_start(event: str, _arguments: object) -> None:
    """Says why, before the kernel would refuse without a reason. It is an OSError, which pip passes
    over where it asks the system for nothing but its name (`lsb_release`, `rustc`)."""
    if event in _STARTING:
        raise PermissionError('no program is run for a package')
