"""Many requests and questions over the one channel, for threads and for event loops, without a
thread of its own.

Whoever waits for an answer reads the channel, for all: of the waiting threads one reads and the
others are told; an event loop reads when the channel is readable.
"""

import base64
import functools
import json
import math
import os
import select
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inside.asking.questions import PendingQuestions
from inside.channel import Channel, encode
from inside.web.errors import RequestFailed, error_for
from inside.web.exchange import Exchange

_HEAD = struct.Struct('>I')
_CHUNK_BYTES = 48 * 1024
_READ_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 512 * 1024


@dataclass(frozen=True)
class Request:
    """What the broker is asked to send. `timeout` is in seconds; None: as long as the call has."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | None
    follow: bool
    timeout: float | None


class Wire:
    """The channel as the way to the broker, and to the client. Safe for all threads."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._descriptor = channel.descriptor
        self._state = threading.Condition()
        self._starting = threading.Lock()
        self._open: dict[int, Exchange | PendingQuestions] = {}
        self._last = 0
        self._reading = False
        self._held = bytearray()

    def start(self, request: Request) -> Exchange:
        """Sends a request; returns when it is on its way."""
        with self._starting:  # ids must go out in their order
            head = encode(_head(self._last + 1, request))
            if len(head) > _MAX_HEAD_BYTES:
                raise error_for('head_too_large', 'the URL or the headers are far too large')
            self._last += 1
            exchange = Exchange(self._last)
            with self._state:
                self._open[exchange.number] = exchange
            self._channel.send_encoded(head)
        for message in _chunks(exchange.number, request.body):
            self._channel.send(message)
        return exchange

    def ask(self, questions: list[dict[str, Any]]) -> PendingQuestions:
        """Puts questions to the client that called; returns when they are on their way."""
        with self._starting:
            message = encode({'type': 'ask', 'id': self._last + 1, 'asks': questions})
            if len(message) > _MAX_HEAD_BYTES:
                raise ValueError('the questions are far too large')
            self._last += 1
            asked = PendingQuestions(self._last)
            with self._state:
                self._open[asked.number] = asked
            self._channel.send_encoded(message)
        return asked

    def wait(self, exchange: Exchange | PendingQuestions) -> None:
        """Blocks this thread until the exchange is settled."""
        while self._must_read(exchange):
            self._read(None)

    async def arrival(self, exchange: Exchange | PendingQuestions) -> None:
        """Resolves when the exchange is settled. Being cancelled cancels a request."""
        import asyncio  # there already, where there is something to await

        loop = asyncio.get_running_loop()
        settled = asyncio.Event()
        with self._state:
            exchange.when_settled(lambda: loop.call_soon_threadsafe(settled.set))
        watchers = _watchers(loop)
        if not watchers:
            loop.add_reader(self._descriptor, self._readable)
        watchers.add(exchange.number)
        try:
            await settled.wait()
        except BaseException:
            self.cancel(exchange)
            raise
        finally:
            watchers.discard(exchange.number)
            if not watchers:
                loop.remove_reader(self._descriptor)

    def cancel(self, exchange: Exchange | PendingQuestions) -> None:
        """Has the broker drop a request. Nothing more is heard of it, nor of questions."""
        with self._state:
            known = self._open.pop(exchange.number, None)
        if isinstance(known, Exchange):
            self._channel.send({'type': 'http.cancel', 'id': exchange.number})

    def _must_read(self, exchange: Exchange | PendingQuestions) -> bool:
        """True when it is this thread's turn to read; waits while it is another's."""
        with self._state:
            while not exchange.settled and self._reading:
                self._state.wait()
            if exchange.settled:
                return False
            self._reading = True
            return True

    def _readable(self) -> None:
        with self._state:
            if self._reading:
                return  # a thread is about to take it
            self._reading = True
        self._read(0)

    def _read(self, timeout: float | None) -> None:
        """Reads once and hands out what is complete. The caller has the turn; it ends here."""
        data: bytes | None = None
        try:
            if select.select([self._descriptor], [], [], timeout)[0]:
                data = os.read(self._descriptor, _READ_BYTES)
        finally:
            with self._state:
                if data:
                    self._held += data
                    for message in self._complete():
                        self._hand_out(message)
                elif data is not None:
                    self._lose()
                self._reading = False
                self._state.notify_all()

    def _complete(self) -> Iterator[dict[str, Any]]:
        while len(self._held) >= _HEAD.size:
            end = _HEAD.size + _HEAD.unpack_from(self._held)[0]
            if len(self._held) < end:
                return
            body = bytes(self._held[_HEAD.size : end])
            del self._held[:end]
            yield json.loads(body)

    def _hand_out(self, message: dict[str, Any]) -> None:
        exchange = self._open.get(message['id'])
        if exchange is None:
            return  # cancelled; its last words were on their way
        exchange.take(message)
        if exchange.settled:
            del self._open[exchange.number]

    def _lose(self) -> None:
        lost = list(self._open.values())
        self._open.clear()
        for exchange in lost:
            exchange.fail(RequestFailed('sandbox_lost', 'the sandbox has gone'))


@functools.cache
def wire_of(channel: Channel) -> Wire:
    """The one wire of a channel."""
    return Wire(channel)


def _head(number: int, request: Request) -> dict[str, Any]:
    head = {
        'type': 'http.request',
        'id': number,
        'method': request.method,
        'url': request.url,
        'headers': request.headers,
        'body': request.body is not None,
        'follow': request.follow,
    }
    if request.timeout is not None and math.isfinite(request.timeout):
        head['timeout_ms'] = max(request.timeout * 1000, 1)
    return head


def _chunks(number: int, body: bytes | None) -> Iterator[dict[str, Any]]:
    if body is None:
        return
    for at in range(0, max(len(body), 1), _CHUNK_BYTES):
        yield {
            'type': 'http.body',
            'id': number,
            'data': base64.b64encode(body[at : at + _CHUNK_BYTES]).decode(),
            'last': at + _CHUNK_BYTES >= len(body),
        }


def _watchers(loop: Any) -> set[int]:
    """The exchanges and questions that a loop waits for: kept with the loop, gone with it."""
    if not hasattr(loop, '_wire_watchers'):
        loop._wire_watchers = set()
    return loop._wire_watchers
