"""What a folder of wheels holds, by their file names and lists of contents."""

import hashlib
import json
import pathlib
import re
import sys
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES

_SUFFIXES = (*sorted(EXTENSION_SUFFIXES, key=len, reverse=True), '.py')


def main(arguments: list[str]) -> None:
    """Prints, for each wheel in the folder, the lines of a lock (contract/packages.ts)."""
    [folder] = arguments
    print(json.dumps([describe(path) for path in sorted(pathlib.Path(folder).glob('*.whl'))]))


def describe(path: pathlib.Path) -> dict[str, object]:
    """One wheel, named as PEP 427 has it: `name-version-…whl`."""
    name, version, *_ = path.name.split('-')
    with path.open('rb') as file:
        digest = hashlib.file_digest(file, 'sha256').hexdigest()
    return {
        'name': re.sub(r'[-_.]+', '-', name).lower(),
        'version': version,
        'wheel': path.name,
        'sha256': digest,
        'imports': import_names(path),
    }


def import_names(path: pathlib.Path) -> list[str]:
    """Top-level names that the wheel adds to what can be imported.

    A name of the standard library is not among them, whatever the wheel ships: there it is the
    standard library that is imported, and approving a package approves none of that.
    """
    with zipfile.ZipFile(path) as archive:
        tops = {_top(name) for name in archive.namelist()}
    names = {name for name in tops if name is not None and name.isidentifier()}
    return sorted(names - sys.stdlib_module_names)


def _top(path: str) -> str | None:
    """The import name that a path in a wheel begins with; None where it is nothing to import."""
    first, *rest = path.split('/')
    if first.endswith('.data'):
        if len(rest) < 2 or rest[0] not in ('purelib', 'platlib'):
            return None
        first, *rest = rest[1:]
    if first.endswith('.dist-info'):
        return None
    if rest:
        return first if path.endswith(_SUFFIXES) else None
    return next((first.removesuffix(end) for end in _SUFFIXES if first.endswith(end)), None)
