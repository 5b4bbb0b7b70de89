"""How a hardening step says that it could not be taken."""

from types import TracebackType


class Unconfined(Exception):
    """A layer that this machine refused. The process must end without having run anything."""

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f'{layer}: {reason}')
        self.layer = layer
        self.reason = reason


class layer:
    """`with layer(name):` turns the kernel's refusal of a step into Unconfined, named after it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            raise Unconfined(self._name, error.strerror or str(error)) from error


def proven(name: str, evidence: bool) -> str:
    """The layer's name when the evidence holds; Unconfined otherwise."""
    if not evidence:
        raise Unconfined(name, 'in place by its own account, but the check says otherwise')
    return name
