"""What the supervisor wants: of the fork server once, of each child when it is ordered."""

import base64
import os
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
class Engine:
    """The other program that a child may become, once, by execve(2): Node."""

    program: int | None
    """Descriptor of the executable: no path leads to it later, wherever the host has it. None when
    it was not there any more."""
    executable: str
    """What it was called on the host."""
    loader: str
    """The dynamic loader that the program names; started together with it."""
    readable: list[str]
    """What it needs to see beside itself: its shared libraries."""
    arguments: list[str]
    filter: bytes
    """As Plan.filter, for such a child."""

    def paths(self) -> list[str]:
        """Every path that it reads."""
        return [self.loader, *self.readable]


def _opened(path: str) -> int | None:
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return None


_PACKAGES = '/packages'


@dataclass(frozen=True)
class Packages:
    """A folder of installed packages, on the host, and what to import of it ahead of a call."""

    folder: str
    imports: list[str]


@dataclass(frozen=True)
class Plan:
    """The first message on the control channel. It holds nothing secret and nothing of a tool."""

    level: str
    """Name of the level aimed at; the layers that hello lists are what counts."""
    identity: int | None
    """User and group to become when started as root; null to stay who we are."""
    call_ids: tuple[int, int] | None
    """The first of the ids that orders may name, and how many there are; null without root."""
    control_group: str | None
    """Folder of the group to join while it is in sight; null for none."""
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
    packages: Packages | None
    """What children may import besides the standard library."""
    engine: Engine | None
    """Null where no child may become another program."""

    @staticmethod
    def parse(message: dict[str, Any]) -> 'Plan':
        """Reads the message of the supervisor, which is trusted, and opens the engine's executable,
        as whoever started this process."""
        fields = {key: value for key, value in message.items() if key != 'type'}
        fields['filter'] = base64.b64decode(fields['filter'])
        if fields['seal'] is not None:
            fields['seal'] = base64.b64decode(fields['seal'])
        if fields['packages'] is not None:
            fields['packages'] = Packages(**fields['packages'])
        if fields['engine'] is not None:
            engine = fields['engine']
            program = _opened(engine['executable'])
            engine_filter = base64.b64decode(engine['filter'])
            fields['engine'] = Engine(**{**engine, 'program': program, 'filter': engine_filter})
        return Plan(**fields)

    def shown(self) -> dict[str, str]:
        """Every path that some child reads, with the path that it is on the host: the root is built
        once, for all of them."""
        same = [*self.readable, *(() if self.engine is None else self.engine.paths())]
        shown = {path: path for path in same}
        if self.packages is not None:
            shown[_PACKAGES] = self.packages.folder
        return shown

    def packages_folder(self) -> str | None:
        """Where children find the packages. A root of their own shows them under one name, wherever
        the host has them."""
        if self.packages is None:
            return None
        return _PACKAGES if self.namespaces else self.packages.folder


@dataclass(frozen=True)
class Order:
    """One child to be. `key` is what it shows at the supervisor's door, and known to nobody else."""

    key: str
    limits: Limits
    modules: list[str]
    """What to import before the seal; names from an approved manifest."""
    identity: int | None
    """User and group that no other living child has; null without root."""
    engine_options: list[str] | None
    """To become the plan's engine, with these options first; null to stay Python."""

    @staticmethod
    def parse(message: dict[str, Any]) -> 'Order':
        """Reads the message of the supervisor, which is trusted."""
        fields = {key: value for key, value in message.items() if key != 'type'}
        return Order(**{**fields, 'limits': Limits(**fields['limits'])})
