"""Questions that were put together, and the replies to them."""

from typing import Any

from inside.settling import Settling


class PendingQuestions(Settling):
    """Filled by the wire. `settled` is true once every question has its reply."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.replies: dict[str, dict[str, Any]] = {}

    def take(self, message: dict[str, Any]) -> None:
        """Takes the one message with all replies."""
        self.replies = {reply['key']: reply for reply in message['replies']}
        self._settle()

    def fail(self, error: Exception) -> None:
        """Leaves them without replies."""
        self._settle()
