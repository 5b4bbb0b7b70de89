"""How a hardening step says that it could not be taken."""

from collections.abc import Iterator
from contextlib import contextmanager


class Unconfined(Exception):
    """A layer that this machine refused. The process must end without having run anything."""

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f'{layer}: {reason}')
        self.layer = layer
        self.reason = reason


@contextmanager
def layer(name: str) -> Iterator[None]:
    """Turns the kernel's refusal of a step into Unconfined, named after the layer."""
    try:
        yield
    except OSError as error:
        raise Unconfined(name, error.strerror or str(error)) from error


def proven(name: str, evidence: bool) -> str:
    """The layer's name when the evidence holds; Unconfined otherwise."""
    if not evidence:
        raise Unconfined(name, 'in place by its own account, but the check says otherwise')
    return name
