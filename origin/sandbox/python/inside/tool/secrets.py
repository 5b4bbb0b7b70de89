"""The `secrets` global of a tool."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any


class Secrets(Mapping[str, str]):
    """Read-only: `secrets["API_KEY"]`. Shows names, never values, when printed.

    Of a secret that only the broker sends, the value here is its placeholder.

    It also answers for the standard library's module of that name (`secrets.token_hex()`), because
    `import secrets` in a tool must not take the mapping away.
    """

    __slots__ = ('_values',)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(_not_approved(name)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        standard = importlib.import_module('secrets')
        if name in standard.__all__:
            return getattr(standard, name)
        raise AttributeError(f'secrets has no attribute {name!r}')

    def __repr__(self) -> str:
        return f'<secrets {sorted(self._values)}>'


def _not_approved(name: str) -> str:
    """The refusal with the author's next step."""
    return (
        f'the secret {name!r} is not approved for this tool: name it in `secrets`'
        ' (mcpbox_update_tool) and ask for approval; a draft under trial has none'
    )
