"""From the text of a URL to the host in it, as a manifest writes one."""

import re
from typing import NamedTuple

from inside.analysis.uses.texts import Text

_WEB = re.compile(r'\s*(https?):[/\\]{2}', re.IGNORECASE)
_END = re.compile(r'[/\\?#\0]')
_USUAL_PORT = {'http': '80', 'https': '443'}


class Reach(NamedTuple):
    """A host, with its port unless it is the usual one; or what is not seen of it, and a hint."""

    host: str | None
    unseen: str | None
    hint: str | None


def reach_of(text: Text) -> Reach | None:
    """Where a URL leads; None for a text that is certainly no address of the web."""
    marked = ''.join('\0' if part is None else part.replace('\0', '\ufffd') for part in text)
    scheme = _WEB.match(marked)
    if scheme is None:
        begins = marked.partition('\0')
        may_become = any(web.startswith(begins[0].lstrip().lower()) for web in ('http://', 'https://'))
        return Reach(None, 'host', None) if begins[1] and may_become else None
    rest = marked[scheme.end() :]
    end = _END.search(rest)
    authority = rest[: end.start()] if end else rest
    if '@' in authority:
        return Reach(None, 'host', None)
    host, port = _split(authority)
    if end is not None and end[0] == '\0':
        return _unfinished(rest, host, port, authority, scheme[1].lower())
    usual = port in ('', _USUAL_PORT[scheme[1].lower()])
    return Reach(host if usual else f'{host}:{port}', None, None) if host else Reach(None, 'host', None)


def _unfinished(rest: str, host: str, port: str, authority: str, scheme: str) -> Reach:
    """A host or port of which running the code would tell the rest."""
    if authority.endswith(':') or port:
        return Reach(None, 'port', host or None)
    if host and '.' in host and not host.endswith('.'):
        return Reach(host, 'host_end', host)
    # `https://` + unknown + `.example.com/…`: a wildcard would cover it.
    after = rest[rest.rindex('\0', 0, _end_of_authority(rest)) + 1 : _end_of_authority(rest)]
    labels = after.split(':')[0].strip('.').split('.')
    wide = f'*.{".".join(labels)}' if after.startswith('.') and len(labels) > 1 else None
    return Reach(None, 'host', wide)


def _end_of_authority(rest: str) -> int:
    found = re.search(r'[/\\?#]', rest)
    return found.start() if found else len(rest)


def _split(authority: str) -> tuple[str, str]:
    """Host and port; a colon in an address stands in brackets (RFC 3986, 3.2.2)."""
    found = re.fullmatch(r'(\[[^\]]*\]|[^:]*)(?::(\d*))?', authority)
    return (found[1].lower().rstrip('.'), (found[2] or '').lstrip('0')) if found else ('', '')
