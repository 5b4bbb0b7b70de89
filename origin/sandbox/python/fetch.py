"""Start of what deals with a package index: pip, looking at wheels, asking what is known of them.

It runs beside the sandbox, with files and the network, but never imports or runs anything that it
fetched: its user, a few limits and a filter that lets it start nothing (fetching/tied.py) are in
place before it looks at anything from outside. Arguments: that filter, one word that says what is
wanted, and the rest, which is that part's own.
"""

import base64
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fetching import facts, installed, pip, tied, wheels  # noqa: E402

del sys.path[0]

_PARTS = {
    'pip': pip.main,
    'wheels': wheels.main,
    'set': installed.main,
    'facts': facts.main,
}

if __name__ == '__main__':
    filter_program, part, *rest = sys.argv[1:]
    tied.tie(base64.b64decode(filter_program))
    _PARTS[part](rest)
