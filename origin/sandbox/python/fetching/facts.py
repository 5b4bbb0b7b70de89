"""What the package index and a database of advisories say of packages.

Reads `{"packages": [{"name", "version"}], "advisories": url}` from standard input and prints a list
of the same length. A question that got no answer is null there, never a kind answer.
"""

import concurrent.futures
import json
import sys
from typing import Any

from fetching.advisories import Advisories
from fetching.index import Index
from fetching.session import open_session

_AT_ONCE = 8


def main(_arguments: list[str]) -> None:
    """Answers what standard input asks."""
    asked = json.load(sys.stdin)
    packages = asked['packages']
    session, index_url = open_session()
    index = Index(session, index_url)
    advisories = Advisories(session, asked['advisories'])
    with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        known = pool.map(index.facts, packages)
        reported = advisories.about(packages)
        answers: list[dict[str, Any]] = [{**one, **two} for one, two in zip(known, reported)]
    json.dump(answers, sys.stdout)
