"""From what a tool returned to the one message that answers its task."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from inside.channel import encode
from inside.tool.content import Block, Result, Text
from inside.tool.failure import Refused, expected
from inside.tool.values import MAX_ITEMS, NotJson, endless, listed, to_json


def answer(value: Any, limits: Mapping[str, int]) -> bytes:
    """A `result`, or a `failed` for an error that the tool gave in a Result, or `too_large`.

    Limits are `result_bytes`, of JSON; and `content_bytes` and `content_blocks`, apart from that.
    Raises Refused, saying what to do, for what cannot be given.
    """
    try:
        blocks, plain = _parts(value)
        words = [block.words() for block in blocks]
    except NotJson as error:
        raise _no_result(error) from None
    given = {'value': encode(plain)}
    if len(given['value']) > limits['result_bytes']:
        return encode({'type': 'too_large', 'bytes': len(given['value'])})
    if blocks:
        most = limits['content_blocks']
        if len(blocks) > most:
            raise Refused('TooMuchContent', f'the result has {len(blocks)} parts; {most} is the most')
        given['content'] = encode([block.to_wire() for block in blocks])
        if len(given['content']) > limits['content_bytes']:
            return encode({'type': 'too_large', 'bytes': len(given['content'])})
    if isinstance(value, Result) and value.is_error:
        failure = encode(expected('ToolError', '\n'.join(words)))
        return _object({'type': b'"failed"', 'failure': failure, 'reply': _object(given)})
    return _object({'type': b'"result"', **given})


async def collected(value: AsyncIterator[Any]) -> list[Any]:
    """The items of an asynchronous generator that comes to an end; Refused for any other."""
    items: list[Any] = []
    async for item in value:
        items.append(item)
        if len(items) > MAX_ITEMS:
            raise _no_result(endless())
    return items


def _no_result(error: NotJson) -> Refused:
    return Refused('NotJson', f'`main` returned no result: {error}')


def _object(fields: dict[str, bytes]) -> bytes:
    """JSON made of JSON, so that what may be large is encoded once."""
    return b'{' + b','.join(encode(name) + b':' + part for name, part in fields.items()) + b'}'


def _parts(value: Any) -> tuple[list[Block], Any]:
    """The blocks, and the value in JSON: None where there are blocks and nothing beside them."""
    if isinstance(value, Result):
        return _of_result(value)
    if isinstance(value, Iterator):
        value = listed(value)
    if isinstance(value, Block):
        return [value], None
    if type(value) in (list, tuple) and any(isinstance(item, Block) for item in value):
        return [_block(item) for item in value], None
    return [], to_json(value)


def _of_result(result: Result) -> tuple[list[Block], Any]:
    """Clients that do not read structured content find it as text, unless there is text already."""
    structured = to_json(result.structured)
    blocks = [_block(item) for item in result.content]
    has_text = any(isinstance(block, Text) for block in blocks)
    if structured is not None and not has_text and (blocks or result.is_error):
        blocks.append(_text(structured))
    return blocks, structured


def _block(item: Any) -> Block:
    return item if isinstance(item, Block) else _text(to_json(item))


def _text(plain: Any) -> Text:
    return Text(plain if isinstance(plain, str) else encode(plain).decode())
