"""Media types: how they are written, and which ones a first look at the bytes tells."""

import re

_MEDIA_TYPE = re.compile(
    r'[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}'
    r'(?:; ?[a-z0-9!#$&^_.+-]{1,60}=[a-z0-9!#$&^_.+-]{1,100})*'
)
"""RFC 6838, section 4.2, with parameters as in RFC 2045, section 5.1, in lower case."""

_MAX_CHARS = 255

# Where a mark stands, the mark, and what it tells; the first that fits counts.
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b'\x89PNG\r\n\x1a\n', 'image/png'),
    (0, b'\xff\xd8\xff', 'image/jpeg'),
    (0, b'GIF87a', 'image/gif'),
    (0, b'GIF89a', 'image/gif'),
    (8, b'WEBP', 'image/webp'),
    (4, b'ftypavif', 'image/avif'),
    (4, b'ftypheic', 'image/heic'),
    (0, b'BM', 'image/bmp'),
    (0, b'II*\x00', 'image/tiff'),
    (0, b'MM\x00*', 'image/tiff'),
    (8, b'WAVE', 'audio/wav'),
    (0, b'ID3', 'audio/mpeg'),
    (0, b'\xff\xfb', 'audio/mpeg'),
    (0, b'\xff\xf3', 'audio/mpeg'),
    (0, b'\xff\xf2', 'audio/mpeg'),
    (0, b'\xff\xf1', 'audio/aac'),
    (0, b'\xff\xf9', 'audio/aac'),
    (0, b'OggS', 'audio/ogg'),
    (0, b'fLaC', 'audio/flac'),
    (4, b'ftypM4A', 'audio/mp4'),
    (0, b'FORM', 'audio/aiff'),
)


def is_media_type(text: str) -> bool:
    """True for a well-formed media type in lower case."""
    return len(text) <= _MAX_CHARS and _MEDIA_TYPE.fullmatch(text) is not None


def by_sight(data: bytes, family: str) -> str | None:
    """The media type of the family (`image`, `audio`) that the first bytes show."""
    for at, mark, told in _MARKS:
        if told.startswith(f'{family}/') and data.startswith(mark, at):
            return told
    return None
