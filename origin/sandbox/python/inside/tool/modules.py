"""Which modules a tool may import without asking."""

DEFAULT_MODULES = frozenset(
    """
    __future__ abc array asyncio base64 binascii bisect calendar cmath codecs collections colorsys
    concurrent.futures contextlib contextvars copy csv dataclasses datetime decimal difflib enum
    fractions functools graphlib hashlib heapq hmac html inspect io ipaddress itertools json
    keyword logging math numbers operator pprint queue random re reprlib secrets statistics string
    stringprep struct textwrap threading time traceback types typing unicodedata urllib.error
    urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zlib zoneinfo
    """.split()
)
"""Nothing here exists to open processes or sockets, but for parts that are withheld (withheld.py);
`urllib.request` asks the broker. What a module can reach all the same the kernel refuses: this list
is policy, not the boundary."""


def is_allowed(name: str, allowed: frozenset[str]) -> bool:
    """True for a listed module and everything beneath it; never for what is above it."""
    parts = name.split('.')
    return any('.'.join(parts[: count + 1]) in allowed for count in range(len(parts)))
