"""Known vulnerabilities and marks of malware (the API of OSV)."""

import concurrent.futures
from typing import Any
from urllib.parse import quote

from fetching.session import read_json

_MALWARE = 'MAL-'
_MOST_TOLD = 30
"""Vulnerabilities of one package that are looked up in full."""
_MOST_MALWARE = 100
_AT_ONCE = 8


class Advisories:
    """A database that speaks the API of OSV."""

    def __init__(self, session: Any, url: str) -> None:
        self._session = session
        self._url = url.rstrip('/')

    def about(self, packages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """For each package, `vulnerabilities` and `malware`; null where there was no answer."""
        queries = [
            {
                'package': {'name': package['name'], 'ecosystem': 'PyPI'},
                **({} if package['version'] is None else {'version': package['version']}),
            }
            for package in packages
        ]
        try:
            answer = self._post('/v1/querybatch', {'queries': queries})
            results = answer['results']
            found = [self._ids(result) for result in results]
        except Exception:  # no answer, or not the one that the API promises
            found = []
        if len(found) != len(packages):
            return [{'vulnerabilities': None, 'malware': None} for _ in packages]
        with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
            told = dict(pool.map(self._tell, sorted({one for ids in found for one in ids})))
        return [
            _sorted_out([told[one] for one in ids], whole='next_page_token' not in result)
            for ids, result in zip(found, results)
        ]

    def _ids(self, result: dict[str, Any]) -> list[str]:
        """Marks of malware first: however many vulnerabilities there are, they hide none."""
        ids = [str(one['id']) for one in result.get('vulns') or ()]
        malware = [one for one in ids if one.startswith(_MALWARE)]
        others = [one for one in ids if not one.startswith(_MALWARE)]
        return malware[:_MOST_MALWARE] + others[:_MOST_TOLD]

    def _tell(self, name: str) -> tuple[str, dict[str, Any]]:
        """An advisory whose words cannot be had still counts."""
        try:
            told = read_json(self._session.get(f'{self._url}/v1/vulns/{quote(name)}', stream=True)) or {}
            summary, withdrawn = told.get('summary'), bool(told.get('withdrawn'))
        except Exception:  # no answer: the name alone is told
            summary, withdrawn = None, False
        return name, {'id': name, 'summary': summary, 'withdrawn': withdrawn}

    def _post(self, path: str, body: object) -> Any:
        return read_json(self._session.post(f'{self._url}{path}', json=body, stream=True))


def _sorted_out(advisories: list[dict[str, Any]], *, whole: bool) -> dict[str, Any]:
    """Of an answer that is not whole, a mark of malware counts, and no absence does."""
    standing = [one for one in advisories if not one['withdrawn']]
    malware = [one['id'] for one in standing if one['id'].startswith(_MALWARE)]
    vulnerabilities = [
        {'id': one['id'], 'summary': one['summary']}
        for one in standing
        if not one['id'].startswith(_MALWARE)
    ]
    return {
        'vulnerabilities': vulnerabilities if whole else None,
        'malware': malware if whole or malware else None,
    }
