"""A project's page of an index that speaks HTML only (PEP 503, PEP 592, PEP 658)."""

from html.parser import HTMLParser
from typing import Any


def parse(page: str) -> dict[str, Any]:
    """The page in the shape of the JSON one (PEP 691), without what HTML does not tell."""
    reader = _Links()
    reader.feed(page)
    return {'files': reader.files}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[dict[str, Any]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag == 'a' and given.get('href') is not None
        if self._inside:
            described = 'data-core-metadata' in given or 'data-dist-info-metadata' in given
            self.files.append(
                {
                    'filename': '',
                    'url': str(given['href']).partition('#')[0],
                    'yanked': 'data-yanked' in given,
                    'core-metadata': described,
                }
            )

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != 'a'

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.files[-1]['filename'] += data.strip()
