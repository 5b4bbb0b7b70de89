"""What the supervisor wants: of the fork server once, of each child when it is ordered."""

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
    """The first message on the control channel. It holds nothing secret and nothing of a tool."""

    level: str
    """Name of the level aimed at; the layers that hello lists are what counts."""
    identity: int | None
    """User and group to become when started as root; null to stay who we are."""
    call_ids: tuple[int, int] | None
    """The first of the ids that orders may name, and how many there are; null without root."""
    namespaces: bool
    landlock: bool
    readable: list[str]
    masked: list[str]
    """Folders under `readable` that stay empty: packages of other programs."""
    scratch_bytes: int
    scratch_files: int
    meeting_folder: str
    """Where the supervisor's socket `door` waits for children."""
    filter: bytes
    """A classic BPF program: struct sock_filter, packed, in host order."""
    seal: bytes | None
    """A second one, loaded after the imports, that takes every path away."""

    @staticmethod
    def parse(message: dict[str, Any]) -> 'Plan':
        """Reads the message of the supervisor, which is trusted."""
        fields = {key: value for key, value in message.items() if key != 'type'}
        fields['filter'] = base64.b64decode(fields['filter'])
        if fields['seal'] is not None:
            fields['seal'] = base64.b64decode(fields['seal'])
        return Plan(**fields)


@dataclass(frozen=True)
class Order:
    """One child to be. `key` is what it shows at the supervisor's door, and known to nobody else."""

    key: str
    limits: Limits
    modules: list[str]
    """What to import before the seal; names from an approved manifest."""
    identity: int | None
    """User and group that no other living child has; null without root."""

    @staticmethod
    def parse(message: dict[str, Any]) -> 'Order':
        """Reads the message of the supervisor, which is trusted."""
        limits = Limits(**message['limits'])
        return Order(message['key'], limits, message['modules'], message['identity'])
