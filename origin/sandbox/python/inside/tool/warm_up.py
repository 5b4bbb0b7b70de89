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
_NO_OUTPUT = -1


class _Nowhere(Channel):
    """A channel whose other end does not exist."""

    def __init__(self) -> None:
        super().__init__(-1)

    def send_encoded(self, body: bytes) -> None:
        pass


def warm_up() -> None:
    """In the fork server this makes what is made once (caches, late imports, the interpreter's
    specialised code); in a child it touches the pages that a call will write to, which the kernel
    then copies ahead of the call."""
    run(_Nowhere(), decode(_TASK), _NO_OUTPUT)
