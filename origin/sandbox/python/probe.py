"""Says what this interpreter is and which paths it needs, as JSON. Runs unconfined, on no input."""

import importlib
import json
import os
import sys
import sysconfig

_EXTENSIONS = (
    '_asyncio _bz2 _contextvars _ctypes _decimal _elementtree _hashlib _json _lzma _queue _sqlite3 '
    '_ssl _uuid _zoneinfo math pyexpat select unicodedata zlib'
)
_ZONEINFO = '/usr/share/zoneinfo'


def mapped_libraries() -> set[str]:
    """Folders of the shared libraries that the interpreter and its extensions are linked to."""
    for name in _EXTENSIONS.split():
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # this build goes without it
    with open('/proc/self/maps', encoding='utf-8') as maps:
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if len(line.split()) > 5}
    return {os.path.dirname(path) for path in paths if '.so' in os.path.basename(path)}


def as_opened(folder: str) -> list[str]:
    """The folder under each name that the loader may use for it: /usr/lib/x is also /lib/x."""
    names = [folder, folder.removeprefix('/usr')]
    return [name for name in names if os.path.realpath(name) == os.path.realpath(folder)]


def main() -> None:
    """Prints one JSON object."""
    stdlib = {sysconfig.get_path(name) for name in ('stdlib', 'platstdlib')}
    stdlib |= {path for path in sys.path if os.path.isdir(path)}
    inside = tuple(f'{path}/' for path in stdlib)
    libraries = {
        name
        for folder in mapped_libraries()
        if folder not in stdlib and not folder.startswith(inside)
        for name in as_opened(folder)
    }
    outermost = {path for path in stdlib if not path.startswith(inside)}
    packages = [f'{path}/{name}' for path in outermost for name in ('site-packages', 'dist-packages')]
    readable = [*outermost, *libraries, _ZONEINFO, '/etc/ld.so.cache']
    print(
        json.dumps(
            {
                'executable': sys.executable,
                'version': list(sys.version_info[:3]),
                'readable': sorted(path for path in set(readable) if os.path.exists(path)),
                'masked': sorted(path for path in packages if os.path.isdir(path)),
            }
        )
    )


main()
