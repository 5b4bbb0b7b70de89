"""What a folder of installed packages holds to import."""

import json
import os
import pathlib
import shutil
import sys

from fetching.import_names import import_names


def main(arguments: list[str]) -> None:
    """Takes out of the folder whatever could be imported under a name that is not in the list on
    standard input: scripts and headers lie in folders there, beside the packages."""
    [folder] = arguments
    wanted = set(json.load(sys.stdin))
    for entry in pathlib.Path(folder).iterdir():
        if import_names(_files(entry)) <= wanted:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _files(entry: pathlib.Path) -> list[str]:
    """Paths as seen from beside the entry."""
    if not entry.is_dir():
        return [entry.name]
    return [
        os.path.relpath(os.path.join(folder, name), entry.parent)
        for folder, _, names in os.walk(entry)
        for name in names
    ]
