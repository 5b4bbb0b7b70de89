"""Texts of which a part may be unknown: what an expression can come to when the code runs."""

from collections.abc import Iterable, Sequence

Text = tuple[str | None, ...]
"""Known parts, and None where something stands that only running the code would tell."""

UNKNOWN: Text = (None,)

_MOST_ALTERNATIVES = 48
_MOST_CHARS = 4_096


def known(text: Text) -> str | None:
    """The whole text; None where a part of it is unknown."""
    return ''.join(part or '' for part in text) if None not in text else None


def joined(parts: Iterable[Text]) -> Text:
    """One text after the other. What is too long ends in the unknown."""
    result: list[str | None] = []
    room = _MOST_CHARS
    for part in (piece for text in parts for piece in text):
        if part is None:
            if not result or result[-1] is not None:
                result.append(None)
            continue
        if len(part) > room:
            return (*result, part[:room], None)
        room -= len(part)
        if result and result[-1] is not None:
            result[-1] += part
        else:
            result.append(part)
    return tuple(result) if result else ('',)


def either(choices: Iterable[Text]) -> list[Text]:
    """Alternatives without repeats; too many end in one that is unknown."""
    different = list(dict.fromkeys(choices))
    return different if len(different) <= _MOST_ALTERNATIVES else [*different[:_MOST_ALTERNATIVES], UNKNOWN]


def in_sequence(parts: Sequence[list[Text]]) -> list[Text]:
    """Every way to put one alternative of each after the other."""
    ways: list[Text] = [('',)]
    for alternatives in parts:
        ways = either(joined((way, text)) for way in ways for text in alternatives)
    return ways
