"""What the supervisor wants this process to be before it is given anything."""

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """setrlimit(2) values of one call; bytes, seconds, counts."""

    memory_bytes: int
    cpu_s: int
    open_files: int
    file_bytes: int


@dataclass(frozen=True)
class Plan:
    """The first message on the channel. It holds nothing secret and nothing of a tool."""

    level: str
    """Name of the level aimed at; the layers that hello lists are what counts."""
    identity: int | None
    """User and group to become when started as root; null to stay who we are."""
    namespaces: bool
    landlock: bool
    sealed: bool
    """Preload every module that a tool may name, then do without any path."""
    readable: list[str]
    masked: list[str]
    """Folders under `readable` that stay empty: packages of other programs."""
    scratch_bytes: int
    scratch_files: int
    limits: Limits
    filter: bytes
    """A classic BPF program: struct sock_filter, packed, in host order."""

    @staticmethod
    def parse(message: dict[str, Any]) -> 'Plan':
        """Reads the message of the supervisor, which is trusted."""
        fields = {key: value for key, value in message.items() if key != 'type'}
        fields['limits'] = Limits(**fields['limits'])
        fields['filter'] = base64.b64decode(fields['filter'])
        return Plan(**fields)
