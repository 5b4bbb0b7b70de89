"""How a tool asks: from coroutines, together with what others ask at the same time, or blocking."""

import asyncio
from typing import Any

from inside.asking.answers import AskError, NotAskable
from inside.wire import Wire

_MAX_KEY_CHARS = 40
_AT_ONCE = 10
"""More than the supervisor takes in one message go in several."""
_MISSING_CAPABILITY = -32021  # MCP 2026-07-28


class Asker:
    """Puts questions to the client that called, by way of the supervisor."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asked = 0
        self._putting: set[asyncio.Task[None]] = set()
        self._together: list[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = []

    def now(self, method: str, params: dict[str, Any], key: str | None) -> dict[str, Any]:
        """Asks and blocks this thread until there is a result. Raises AskError."""
        question = self._question(method, params, key)
        questions = self._wire.ask([question])
        self._wire.wait(questions)
        return _result(questions.replies.get(question['key']))

    async def later(self, method: str, params: dict[str, Any], key: str | None) -> dict[str, Any]:
        """Asks, in one go with all that is asked before the event loop comes round. Raises AskError."""
        loop = asyncio.get_running_loop()
        if not self._together:
            loop.call_soon(self._put, loop)
        future: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._together.append((self._question(method, params, key), future))
        return await future

    def _put(self, loop: asyncio.AbstractEventLoop) -> None:
        together, self._together = self._together, []
        for at in range(0, len(together), _AT_ONCE):
            task = loop.create_task(self._put_some(together[at : at + _AT_ONCE]))
            self._putting.add(task)  # a loop holds its tasks weakly
            task.add_done_callback(self._putting.discard)

    async def _put_some(
        self, together: list[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]]
    ) -> None:
        try:
            questions = self._wire.ask([question for question, _ in together])
            await self._wire.arrival(questions)
        except Exception as error:
            for _, future in together:
                if not future.done():
                    future.set_exception(error)
            return
        for question, future in together:
            if future.done():
                continue
            try:
                future.set_result(_result(questions.replies.get(question['key'])))
            except AskError as error:
                future.set_exception(error)

    def _question(self, method: str, params: dict[str, Any], key: str | None) -> dict[str, Any]:
        self._asked += 1
        if key is None:
            key = f'q{self._asked}'
        if not isinstance(key, str) or not (key.isascii() and key.isidentifier()):
            raise ValueError(f'key must be a plain name, not {key!r:.60}')
        if key.startswith('_') or len(key) > _MAX_KEY_CHARS:
            raise ValueError(f'key must start with a letter and have {_MAX_KEY_CHARS} characters at most')
        if any(question['key'] == key for question, _ in self._together):
            raise ValueError(f'two questions at the same time have the key {key!r}')
        return {'key': key, 'method': method, 'params': params}


def _result(reply: dict[str, Any] | None) -> dict[str, Any]:
    if reply is None:
        raise AskError('the sandbox has gone')
    if 'error' in reply:
        code = reply['error']['code']
        kind = NotAskable if code == _MISSING_CAPABILITY else AskError
        raise kind(reply['error']['message'], code)
    return reply['result']
