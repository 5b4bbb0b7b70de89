"""Facts of a distribution from the index's simple interface (PEP 503, PEP 691, PEP 700)."""

import email.parser
import json
import urllib.parse
from typing import Any

from fetching import html_page
from fetching.session import read

_PAGES = 'application/vnd.pypi.simple.v1+json, text/html;q=0.1'
UNKNOWN = dict.fromkeys(('exists', 'released_at', 'latest', 'size_bytes', 'license', 'yanked'))


class Index:
    """One index, at the address that pip has."""

    def __init__(self, session: Any, url: str) -> None:
        self._session = session
        self._url = url.rstrip('/')

    def facts(self, package: dict[str, Any]) -> dict[str, Any]:
        """What is known of a package; of the newest release, where no version is asked for."""
        name, version = package['name'], package['version']
        url = f'{self._url}/{urllib.parse.quote(name)}/'
        try:
            answer = self._session.get(url, headers={'Accept': _PAGES}, stream=True)
            body = read(answer)
            if body is None:
                return {**UNKNOWN, 'exists': False}
            as_json = 'json' in answer.headers.get('Content-Type', '')
            page = json.loads(body) if as_json else html_page.parse(body.decode())
            return self._release(answer.url, page, version)
        except Exception:  # no answer, or not the one that the PEPs promise
            return dict(UNKNOWN)

    def _release(self, url: str, page: dict[str, Any], version: str | None) -> dict[str, Any]:
        files = [(file, _version(file['filename'])) for file in page['files']]
        offered = {one for file, one in files if one is not None and not file.get('yanked')}
        final = {one for one in offered if not one.is_prerelease} or offered
        latest = max(final, default=None)
        known = {**UNKNOWN, 'exists': True, 'latest': None if latest is None else str(latest)}
        if version is None:
            return known
        mine = [file for file, one in files if one == _parsed(version)]
        if not mine:
            return {**known, 'exists': False}
        return {
            **known,
            'released_at': min(_known(mine, 'upload-time'), default=None),
            'size_bytes': max(_known(mine, 'size'), default=None),
            'yanked': all(file.get('yanked', False) for file in mine),
            'license': self._license(url, mine),
        }

    def _license(self, url: str, files: list[dict[str, Any]]) -> str | None:
        """As the wheel's own metadata says, where the index serves that beside it (PEP 658)."""
        described = [
            file
            for file in files
            if file.get('core-metadata') or file.get('data-dist-info-metadata')
        ]
        if not described:
            return None
        where = urllib.parse.urljoin(url, described[0]['url'])
        try:
            body = read(self._session.get(f'{where}.metadata', stream=True))
        except Exception:  # the index does not answer: not known
            return None
        if body is None:
            return None
        said = email.parser.BytesHeaderParser().parsebytes(body)
        classified = [
            line.rsplit('::', 1)[-1].strip()
            for line in said.get_all('Classifier', [])
            if line.startswith('License ::')
        ]
        named = said['License-Expression'] or ', '.join(classified) or said['License']
        return str(named) if named else None


def _known(files: list[dict[str, Any]], field: str) -> list[Any]:
    return [file[field] for file in files if file.get(field) is not None]


def _version(filename: str) -> Any:
    """The version of a wheel; None for other files and for what is no version (PEP 440)."""
    name, _, suffix = filename.rpartition('.')
    return _parsed(name.split('-')[1]) if suffix == 'whl' and '-' in name else None


def _parsed(version: str) -> Any:
    from pip._vendor.packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return None
