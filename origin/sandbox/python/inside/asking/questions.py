"""Questions that were put together, and the replies to them."""

from collections.abc import Callable
from typing import Any


class Questions:
    """Filled by the wire. `settled` is true once every question has its reply."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.settled = False
        self.replies: dict[str, dict[str, Any]] = {}
        self._waiting: list[Callable[[], None]] = []

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Calls it from whichever thread settles the questions; at once when that has been."""
        if self.settled:
            callback()
        else:
            self._waiting.append(callback)

    def take(self, message: dict[str, Any]) -> None:
        """Takes the one message with all replies."""
        self.replies = {reply['key']: reply for reply in message['replies']}
        self._settle()

    def fail(self, error: Exception) -> None:
        """Leaves them without replies."""
        self._settle()

    def _settle(self) -> None:
        self.settled = True
        for callback in self._waiting:
            callback()
        self._waiting.clear()
