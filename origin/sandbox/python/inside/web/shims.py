"""Ordinary HTTP code works: libraries that would open sockets are led to the broker.

A library is changed where it hands a finished request to its transport, right after its import. So
its own features (sessions, cookies, retries, encodings) stay, and it never makes a socket.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from inside.web import httpx_shim, requests_shim, urllib_shim
from inside.wire import Wire

Shim = Callable[[ModuleType], None]

_SHIMS: dict[str, Shim] = {
    'urllib.request': urllib_shim.apply,
    'httpx._transports.default': httpx_shim.apply,
    'requests.adapters': requests_shim.apply,
}


def install(wire: Wire) -> None:
    """Leads the libraries, those imported and those to come, to this wire. May be called again."""
    for shim in (urllib_shim, httpx_shim, requests_shim):
        shim.wire = wire
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
        for name, apply in _SHIMS.items():
            if name in sys.modules:
                apply(sys.modules[name])


class _AfterImport(MetaPathFinder):
    """Finds nothing itself; changes the listed modules when another finder has found them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        apply = _SHIMS.get(name)
        if apply is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, 'find_spec'):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Shimming(spec.loader, apply)
                return spec
        return None


_FINDER = _AfterImport()


class _Shimming(Loader):
    def __init__(self, loader: Any, apply: Shim) -> None:
        self._loader = loader
        self._apply = apply

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._apply(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
