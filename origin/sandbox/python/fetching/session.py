"""The way to the network that pip itself would take."""

import json
from typing import Any

_TIMEOUT_S = 3
_MOST_BYTES = 20_000_000


def open_session() -> tuple[Any, str]:
    """A session with the certificates, proxy and credentials of pip's own configuration, and the
    address of its index. pip has no public interface for these."""
    from pip._internal.commands import create_command

    command: Any = create_command('download')
    options, _ = command.parse_args([])
    session = command._build_session(options, retries=0, timeout=_TIMEOUT_S)
    return session, options.index_url


def read(response: Any) -> bytes | None:
    """The body of a streamed answer; None for 404. Raises for a refusal, and for a body without
    a reasonable end."""
    if response.status_code == 404:
        return None
    response.raise_for_status()
    body: bytes = response.raw.read(_MOST_BYTES + 1, decode_content=True)
    if len(body) > _MOST_BYTES:
        raise ValueError('the answer is too long')
    return body


def read_json(response: Any) -> Any:
    """The same, as JSON."""
    body = read(response)
    return None if body is None else json.loads(body)
