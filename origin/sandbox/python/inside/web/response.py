"""What a tool gets back."""

import json
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from inside.web.errors import StatusError
from inside.web.exchange import Exchange


class Headers(Mapping[str, str]):
    """Header fields by name, in any case. Repeated fields are joined by a comma (RFC 9110, 5.3)."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def get_list(self, name: str) -> list[str]:
        """Every value of a field on its own; `set-cookie` needs that."""
        return [value for known, value in self.pairs if known.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_list(name)
        if not values:
            raise KeyError(name)
        return ', '.join(values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_list(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name.lower() for name, _ in self.pairs))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f'Headers({dict(self)!r})'


class Response:
    """A complete response: `status_code`, `headers`, `content`, `text`, `json()`, `url`."""

    def __init__(self, method: str, exchange: Exchange) -> None:
        self.content = exchange.content()
        self.status_code = exchange.status
        self.headers = Headers(exchange.headers)
        self.url = exchange.url
        self.method = method

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status_code < 400

    @property
    def text(self) -> str:
        """The body as text, by the charset of its content type, else UTF-8."""
        try:
            return self.content.decode(self._charset(), 'replace')
        except LookupError:
            return self.content.decode('utf-8', 'replace')

    def json(self) -> Any:
        """The body as JSON; ValueError when it is none."""
        try:
            return json.loads(self.content)
        except ValueError as error:
            kind = self.headers.get('content-type', 'no content type')
            raise ValueError(f'{self.url} answered with no JSON ({kind}): {error}') from None

    def raise_for_status(self) -> 'Response':
        """Raises StatusError for a status of 400 and more; else returns the response."""
        if self.ok:
            return self
        start = self.text[:200]
        raise StatusError(f'{self.method} {self.url}: status {self.status_code}: {start}', self)

    def _charset(self) -> str:
        for part in self.headers.get('content-type', '').split(';')[1:]:
            name, _, value = part.partition('=')
            if name.strip().lower() == 'charset':
                return value.strip().strip('"\'')
        return 'utf-8'

    def __await__(self) -> Generator[None, None, 'Response']:
        return self
        yield

    def __repr__(self) -> str:
        return f'<Response {self.status_code}>'
