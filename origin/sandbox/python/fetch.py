"""Start of what deals with a package index: pip, looking at wheels, asking what is known of them.

It runs beside the sandbox, unconfined but for its user and a few limits, and never imports or runs
anything that it fetched. One word says what is wanted; the rest is that part's own.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fetching import facts, pip, tied, wheels  # noqa: E402

del sys.path[0]

_PARTS = {'pip': pip.main, 'wheels': wheels.main, 'facts': facts.main}

if __name__ == '__main__':
    tied.tie()
    _PARTS[sys.argv[1]](sys.argv[2:])
