"""What both sides of a wait share: something that is settled once, and those who want to hear."""

from collections.abc import Callable


class Settling:
    """Settled at most once, by the wire. `number` is its name on the wire."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.settled = False
        self._waiting: list[Callable[[], None]] = []

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Calls it from whichever thread settles this; at once when that has been."""
        if self.settled:
            callback()
        else:
            self._waiting.append(callback)

    def _settle(self) -> None:
        self.settled = True
        for callback in self._waiting:
            callback()
        self._waiting.clear()
