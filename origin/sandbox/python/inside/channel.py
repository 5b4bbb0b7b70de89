"""Frames between this process and the supervisor: a u32 length (big endian), then UTF-8 JSON."""

import json
import os
import struct
import threading
from typing import Any

_HEAD = struct.Struct('>I')
_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(',', ':'))


class Channel:
    """One descriptor, both directions. Sending is safe from every thread."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Sends one message; returns when the kernel has taken all of it."""
        self.send_encoded(encode(message))

    def send_encoded(self, body: bytes) -> None:
        """Sends a message that is JSON already."""
        rest = memoryview(_HEAD.pack(len(body)) + body)
        with self._sending:
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]

    def receive(self) -> dict[str, Any] | None:
        """The next message, or None when the supervisor has gone."""
        head = self._exactly(_HEAD.size)
        if head is None:
            return None
        body = self._exactly(_HEAD.unpack(head)[0])
        return None if body is None else decode(body)

    def _exactly(self, count: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < count:
            part = os.read(self.descriptor, count - len(parts))
            if not part:
                return None
            parts += part
        return bytes(parts)


def decode(body: bytes) -> Any:
    """What JSON in UTF-8 says."""
    return _DECODER.decode(body.decode())


def encode(message: dict[str, Any]) -> bytes:
    """JSON as it goes on the channel. A lone surrogate becomes a question mark."""
    return _ENCODER.encode(message).encode('utf-8', 'replace')
