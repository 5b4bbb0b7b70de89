"""What a folder of wheels holds, by their file names and lists of contents."""

import email.parser
import hashlib
import json
import pathlib
import re
import sys
import zipfile

from fetching.import_names import import_names

_METADATA = re.compile(r'[^/]+\.dist-info/METADATA')
_SPREAD = ('purelib', 'platlib', 'data')
"""Parts of a wheel's data that pip puts among the packages."""


def main(arguments: list[str]) -> None:
    """Prints, for each wheel in the folder, the lines of a lock (contract/packages.ts). Ends with a
    complaint when anything is there that an index cannot answer for."""
    [folder] = arguments
    paths = sorted(pathlib.Path(folder).iterdir())
    for path in paths:
        if path.suffix != '.whl':
            sys.exit(f'{path.name} is not a wheel: building it would run it')
        _refuse_addresses(path)
    print(json.dumps([describe(path) for path in paths]))


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
        'imports': sorted(import_names(_installed_paths(path))),
    }


def _refuse_addresses(path: pathlib.Path) -> None:
    """Refuses a wheel that names what it needs by address (PEP 508): no index answers for that, and
    it can be anything."""
    from pip._vendor.packaging.requirements import Requirement

    for needed in _needs(path):
        if Requirement(needed).url is not None:
            sys.exit(f'{path.name} needs something by its address: {needed.partition("@")[0]}@ …')


def _needs(path: pathlib.Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        described = [name for name in archive.namelist() if _METADATA.fullmatch(name)]
        parse = email.parser.BytesHeaderParser().parsebytes
        return [
            str(needed)
            for name in described
            for needed in parse(archive.read(name)).get_all('Requires-Dist', [])
        ]


def _installed_paths(path: pathlib.Path) -> list[str]:
    """Where pip puts what a wheel holds, seen from the folder that it installs into (PEP 427,
    ".data"); without what it keeps apart there, which is taken out (installed.py)."""
    with zipfile.ZipFile(path) as archive:
        inside = [name.split('/') for name in archive.namelist() if not name.endswith('/')]
    plain = [parts for parts in inside if not parts[0].endswith('.data')]
    data = [parts for parts in inside if parts[0].endswith('.data') and len(parts) > 2]
    return ['/'.join(parts) for parts in plain + [part[2:] for part in data if part[1] in _SPREAD]]
