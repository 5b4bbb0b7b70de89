"""Parts of default modules that exist to start processes or to open sockets.

A tool sees these modules without them. The modules themselves stay whole for the standard library
and for packages. Naming the module in the manifest shows all of it. Files are another matter: a
tool has `open` and a private folder to use it in.
"""

import asyncio
import concurrent.futures
import types

_PARTS = {
    'asyncio': """
        create_subprocess_exec create_subprocess_shell subprocess base_subprocess open_connection
        start_server open_unix_connection start_unix_server streams StreamReaderProtocol
        unix_events selector_events windows_events
    """,
    'concurrent.futures': 'ProcessPoolExecutor process',
}
_BENEATH = frozenset(f'{name}.{part}' for name, parts in _PARTS.items() for part in parts.split())


def is_withheld(name: str) -> bool:
    """True for a module that is such a part."""
    return name in _BENEATH


def _without_parts(module: types.ModuleType) -> types.ModuleType:
    name = module.__name__
    parts = frozenset(_PARTS[name].split())
    # Another __name__: with the real one, `from … import` would find the parts by way of sys.modules.
    shown = types.ModuleType(f'{name} of a tool', module.__doc__)
    kept = {key: value for key, value in vars(module).items() if key not in parts}
    shown.__dict__.update({**kept, '__name__': shown.__name__})
    if '__all__' in kept:
        shown.__dict__['__all__'] = [key for key in kept['__all__'] if key not in parts]

    def missing(key: str) -> object:
        if key in parts:
            raise AttributeError(f'`{name}.{key}`: a tool starts no processes and opens no sockets')
        return getattr(module, key)

    shown.__dict__['__getattr__'] = missing
    return shown


_SHOWN = {module.__name__: _without_parts(module) for module in (asyncio, concurrent.futures)}


def as_shown(module: types.ModuleType) -> types.ModuleType:
    """The module as a tool sees it when it did not ask for more."""
    return _SHOWN.get(module.__name__, module)
