"""What a tool may return beside plain values: content blocks of MCP 2025-11-25, server/tools.

A block is checked when it is made, so that a mistake shows at the author's own line.
"""

import base64
import re
from collections.abc import Sequence
from mimetypes import types_map  # the library's own table, whatever this machine's files say
from posixpath import splitext
from typing import Any
from urllib.parse import quote

from inside.tool.media import by_sight, is_media_type

_ROLES = ('user', 'assistant')
_URI = re.compile(r'[a-z][a-z0-9+.-]*:[!-~]+', re.IGNORECASE)
_MAX_URI_CHARS = 2_000
_MAX_LABEL_CHARS = 500
_RESERVED = "%:/?#[]@!$&'()*+,;="
"""What RFC 3986 gives a meaning to: an address that has these already is not quoted again."""


class Block:
    """One piece of content.

    `audience` says whom it is for (`'user'`, `'assistant'` or both), `priority`, from 0 to 1, how
    much it matters. Clients may go by them.
    """

    __slots__ = ('_about', '_wire')

    def __init__(
        self,
        wire: dict[str, Any],
        about: str,
        audience: str | Sequence[str] | None,
        priority: float | None,
    ) -> None:
        annotations: dict[str, Any] = {}
        if audience is not None:
            annotations['audience'] = self._roles(audience)
        if priority is not None:
            if isinstance(priority, bool) or not isinstance(priority, int | float):
                raise self._wrong(TypeError, 'priority must be a number from 0 to 1')
            if not 0 <= priority <= 1:
                raise self._wrong(ValueError, f'priority must be from 0 to 1, not {priority}')
            annotations['priority'] = priority
        self._wire = {**wire, 'annotations': annotations} if annotations else wire
        self._about = about

    def to_wire(self) -> dict[str, Any]:
        """The block as MCP has it."""
        return self._wire

    def words(self) -> str:
        """What stands for the block where only text can."""
        return f'[{self._about}]'

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self._about}>'

    @classmethod
    def _wrong(cls, kind: type[Exception], message: str) -> Exception:
        return kind(f'{cls.__name__}: {message}')

    @classmethod
    def _roles(cls, audience: str | Sequence[str]) -> list[str]:
        roles = [audience] if isinstance(audience, str) else list(audience)
        if not roles or len(set(roles)) < len(roles) or not set(roles) <= set(_ROLES):
            raise cls._wrong(ValueError, f"audience is 'user', 'assistant' or both, not {audience!r}")
        return roles

    @classmethod
    def _bytes(cls, data: Any) -> bytes:
        if not isinstance(data, bytes | bytearray | memoryview):
            hint = '; base64 becomes bytes with base64.b64decode()' if isinstance(data, str) else ''
            raise cls._wrong(TypeError, f'data must be bytes, not {type(data).__name__}{hint}')
        return bytes(data)

    @classmethod
    def _media_type(cls, written: Any) -> str:
        if not isinstance(written, str) or not is_media_type(written.lower()):
            raise cls._wrong(ValueError, f'{written!r} is no media type; one looks like text/csv')
        return written.lower()

    @classmethod
    def _uri(cls, uri: Any) -> str:
        if not isinstance(uri, str):
            raise cls._wrong(TypeError, f'uri must be text, not {type(uri).__name__}')
        quoted = quote(uri, safe=_RESERVED)
        if len(quoted) > _MAX_URI_CHARS or _URI.fullmatch(quoted) is None:
            raise cls._wrong(ValueError, f'{uri!r:.200} is no URI, such as https://example.com/a')
        return quoted

    @classmethod
    def _label(cls, field: str, text: Any) -> str:
        if not isinstance(text, str):
            raise cls._wrong(TypeError, f'{field} must be text, not {type(text).__name__}')
        if not 0 < len(text) <= _MAX_LABEL_CHARS:
            raise cls._wrong(ValueError, f'{field} must have 1 to {_MAX_LABEL_CHARS} characters')
        return text


class Text(Block):
    """Text, with annotations. Without any, a plain string does the same."""

    __slots__ = ()

    def __init__(
        self,
        text: str,
        *,
        audience: str | Sequence[str] | None = None,
        priority: float | None = None,
    ) -> None:
        if not isinstance(text, str):
            raise self._wrong(TypeError, f'text must be a str, not {type(text).__name__}')
        about = f'{len(text)} characters'
        super().__init__({'type': 'text', 'text': str(text)}, about, audience, priority)

    def words(self) -> str:
        return self._wire['text']


class _Medium(Block):
    """Bytes of one family of media types, which is found by sight where it is not said."""

    __slots__ = ()
    _FAMILY: str

    def __init__(
        self,
        data: bytes,
        mime_type: str | None = None,
        *,
        audience: str | Sequence[str] | None = None,
        priority: float | None = None,
    ) -> None:
        family = self._FAMILY
        raw = self._bytes(data)
        if not raw:
            raise self._wrong(ValueError, 'data is empty')
        if mime_type is None:
            media_type = by_sight(raw, family)
            if media_type is None:
                message = f"no {family} is known by these bytes; say mime_type='{family}/…'"
                raise self._wrong(ValueError, message)
        else:
            media_type = self._media_type(mime_type)
            if not media_type.startswith(f'{family}/'):
                raise self._wrong(ValueError, f'mime_type must be {family}/…, not {media_type}')
        wire = {'type': family, 'data': _base64(raw), 'mimeType': media_type}
        super().__init__(wire, f'{media_type}, {len(raw)} bytes', audience, priority)


class Image(_Medium):
    """An image. Its type is found by sight for PNG, JPEG, GIF, WebP, AVIF, HEIC, BMP and TIFF."""

    __slots__ = ()
    _FAMILY = 'image'


class Audio(_Medium):
    """Sound. Its type is found by sight for WAV, MP3, AAC, Ogg, FLAC, MP4 and AIFF."""

    __slots__ = ()
    _FAMILY = 'audio'


class File(Block):
    """A file with its contents: text when `data` is a str, else bytes.

    The media type follows from the name where it is not said, and the address is `file:///<name>`
    where there is no better one.
    """

    __slots__ = ()

    def __init__(
        self,
        data: str | bytes,
        name: str,
        mime_type: str | None = None,
        *,
        uri: str | None = None,
        audience: str | Sequence[str] | None = None,
        priority: float | None = None,
    ) -> None:
        name = self._label('name', name)
        address = self._uri(f'file:///{quote(name)}' if uri is None else uri)
        if isinstance(data, str):
            contents, size, usual = {'text': str(data)}, f'{len(data)} characters', 'text/plain'
        else:
            raw = self._bytes(data)
            contents, size = {'blob': _base64(raw)}, f'{len(raw)} bytes'
            usual = 'application/octet-stream'
        if mime_type is None:
            media_type = types_map.get(splitext(name.lower())[1], usual)
        else:
            media_type = self._media_type(mime_type)
        resource = {'uri': address, 'mimeType': media_type, **contents}
        about = f'{address}, {media_type}, {size}'
        super().__init__({'type': 'resource', 'resource': resource}, about, audience, priority)


class Link(Block):
    """The address of something that the client may fetch itself."""

    __slots__ = ()

    def __init__(
        self,
        uri: str,
        name: str,
        mime_type: str | None = None,
        *,
        title: str | None = None,
        description: str | None = None,
        size: int | None = None,
        audience: str | Sequence[str] | None = None,
        priority: float | None = None,
    ) -> None:
        wire = {'type': 'resource_link', 'uri': self._uri(uri), 'name': self._label('name', name)}
        if mime_type is not None:
            wire['mimeType'] = self._media_type(mime_type)
        if title is not None:
            wire['title'] = self._label('title', title)
        if description is not None:
            wire['description'] = self._label('description', description)
        if size is not None:
            if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < 2**53:
                raise self._wrong(ValueError, f'size must be a number of bytes, not {size!r}')
            wire['size'] = size
        super().__init__(wire, f'{name}: {wire["uri"]}', audience, priority)


class Result:
    """A whole result: what the assistant sees, and beside it a value for programs.

    `content` is one thing or a list: blocks, and values that become text. `is_error` tells the
    assistant that this is a failure, one that it may be able to do something about.
    """

    __slots__ = ('content', 'is_error', 'structured')

    def __init__(self, content: Any = None, structured: Any = None, is_error: bool = False) -> None:
        if content is None:
            content = []
        self.content = list(content) if isinstance(content, list | tuple) else [content]
        self.structured = structured
        self.is_error = bool(is_error)
        if self.is_error and not self.content and structured is None:
            raise ValueError('Result: an error must say something in content or structured')


for _class in (Text, Image, Audio, File, Link, Result):
    _class.__module__ = 'mcpbox'  # as tools name them, and as tracebacks show them


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode('ascii')
