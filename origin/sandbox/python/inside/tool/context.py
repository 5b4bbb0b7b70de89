"""The `ctx` global of a tool: what it can say and ask while it runs."""

import math
from collections.abc import Generator
from typing import Any

from inside.asking.ask import Questions, SyncQuestions
from inside.asking.asker import Asker
from inside.channel import Channel, encode
from inside.tool.values import to_json

_LEVELS = ('debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency')
_MAX_MESSAGE_CHARS = 10_000
_MAX_EVENT_BYTES = 100_000
_MAX_EVENTS = 1_000
"""No more are kept for anybody."""


class _Done:
    """Already happened; may be awaited or not."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


class Context(Questions):
    """Progress and log messages, each of which returns at once (`await` before it is optional), and
    questions to the client. `sync` has the questions for functions that are not async."""

    def __init__(self, channel: Channel, asker: Asker) -> None:
        super().__init__(asker)
        self.sync = SyncQuestions(asker)
        self.__channel = channel
        self.__told = 0

    def progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> _Done:
        """Says how far the tool is. Numbers must be finite; the unit is the tool's own."""
        event: dict[str, Any] = {'type': 'progress', 'progress': _number('progress', progress)}
        if total is not None:
            event['total'] = _number('total', total)
        if message is not None:
            event['message'] = str(message)[:_MAX_MESSAGE_CHARS]
        self.__tell(event)
        return _Done()

    def log(self, message: Any, level: str = 'info') -> _Done:
        """Sends a message (any JSON value) to whoever called the tool."""
        if level not in _LEVELS:
            raise ValueError(f'level must be one of {", ".join(_LEVELS)}; got {level!r}')
        data = message[:_MAX_MESSAGE_CHARS] if isinstance(message, str) else to_json(message)
        self.__tell({'type': 'log', 'level': level, 'data': data})
        return _Done()

    def __tell(self, event: dict[str, Any]) -> None:
        body = encode(event)
        if len(body) > _MAX_EVENT_BYTES:
            raise ValueError(f'a message may have at most {_MAX_EVENT_BYTES} bytes of JSON')
        self.__told += 1
        if self.__told <= _MAX_EVENTS:
            self.__channel.send_encoded(body)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f'{name} must be a number, not {type(value).__name__}')
    if not math.isfinite(value):
        raise ValueError(f'{name} must be a finite number')
    return value
