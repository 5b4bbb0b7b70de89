"""A first call of a tool that does nothing, so that the real one finds everything in its place."""

from inside.channel import Channel, decode, encode
from inside.tool.run import run

_TASK = encode(
    {
        'code': 'async def main(a: int, b: int = 2) -> int:\n    return a + b\n',
        'input': {'a': 1},
        'secrets': {},
        'modules': [],
        'result_bytes': 1000,
        'content_bytes': 0,
        'content_blocks': 0,
    }
)
_ANSWER = encode({'type': 'result', 'value': 3})
_NO_OUTPUT = -1


class _Nowhere(Channel):
    """A channel whose other end does not exist."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.heard = b''

    def send_encoded(self, body: bytes) -> None:
        self.heard = body


_NOWHERE = _Nowhere()


def warm_up() -> bool:
    """True when the call went well. In the fork server this makes what is made once (caches, late imports, the interpreter's
    specialised code); in a child it touches the pages that a call will write to, which the kernel
    then copies ahead of the call."""
    run(_NOWHERE, decode(_TASK), _NO_OUTPUT)
    return _NOWHERE.heard == _ANSWER
